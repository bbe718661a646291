import Foundation
import Synchronization
import TestSupport
import Testing

/// The real program as a process of its own, with everything that it writes.
final class ChildProgram: Sendable {
    let processID: pid_t
    private let process: Process
    private let out = Collected()
    private let error = Collected()

    /// What came out of one pipe so far. *Mutex.*
    private final class Collected: Sendable {
        private let state = Mutex<(bytes: [UInt8], isWhole: Bool)>(([], false))
        var value: [UInt8] { state.withLock { $0.bytes } }
        /// Whether nobody holds the other end any more.
        var isWhole: Bool { state.withLock { $0.isWhole } }

        /// In a thread of its own: libdispatch's are few, and where the tests' tasks hold them nothing would be read for seconds.
        func readToEnd(_ pipe: Pipe) {
            Thread.detachNewThread {
                while true {
                    let data = pipe.fileHandleForReading.availableData
                    if data.isEmpty { return self.state.withLock { $0.isWhole = true } }
                    self.state.withLock { $0.bytes += data }
                }
            }
        }
    }

    var output: [UInt8] { out.value }
    var complaint: [UInt8] { error.value }
    var complaintText: String { String(decoding: error.value, as: UTF8.self) }

    /// Built together with the tests, beside them.
    static var path: String? {
        let folder = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
        return [folder, folder.appendingPathComponent("../../..")].map {
            $0.appendingPathComponent("bursar").standardizedFileURL.path
        }
        .first { FileManager.default.isExecutableFile(atPath: $0) }
    }

    /// - Parameters:
    ///   - user: whom it runs as, where the tests run as root: its number.
    ///   - folder: the one it is started in; nil: this process's.
    ///   - descriptors: how many it may have, by the soft limit and by the hard one.
    init(
        _ arguments: [String], environment: [String: String] = [:], user: uid_t? = nil, in folder: String? = nil,
        descriptors: (soft: Int, hard: Int)? = nil
    ) throws {
        process = Process()
        if let folder { process.currentDirectoryURL = URL(fileURLWithPath: folder) }
        let path = try #require(Self.path)
        if let user {
            process.executableURL = URL(fileURLWithPath: try #require(LocalProgram.find("setpriv")))
            process.arguments = ["--reuid", "\(user)", "--regid", "\(user)", "--clear-groups", "--", path] + arguments
        } else if let descriptors {
            process.executableURL = URL(fileURLWithPath: try #require(LocalProgram.find("prlimit")))
            process.arguments = ["--nofile=\(descriptors.soft):\(descriptors.hard)", path] + arguments
        } else {
            process.executableURL = URL(fileURLWithPath: path)
            process.arguments = arguments
        }
        process.environment = environment.merging(["PATH": "/usr/bin:/bin"]) { given, _ in given }
        process.standardInput = FileHandle.nullDevice
        let (output, complaint) = (Pipe(), Pipe())
        (process.standardOutput, process.standardError) = (output, complaint)
        try process.run()
        processID = process.processIdentifier
        out.readToEnd(output)
        error.readToEnd(complaint)
    }

    /// Where it listens, once it says so.
    func url() async throws -> String {
        // In words, where the log is text; else in the log.
        let place = /(?:listens on |"addresses":"(?:[^" ]+ )*?)(127\.0\.0\.1:\d+)/
        return try await told { $0.firstMatch(of: place).map { "http://\($0.1)" } }
    }

    /// What is found in all that it told people, once it is there.
    /// - Throws: ``NotTold`` where it ends before, or says nothing of it for a minute at least.
    @discardableResult
    func told<Found>(_ find: (String) -> Found?) async throws -> Found {
        for _ in 0..<6_000 {
            if let found = find(complaintText) { return found }
            guard process.isRunning else { break }
            try await Task.sleep(for: .milliseconds(10))
        }
        throw NotTold(complaint: complaintText)
    }

    struct NotTold: Error { let complaint: String }

    /// Sends a signal and waits for the end; where there is none within a minute or more, it is killed.
    /// - Returns: the exit status, or the signal that ended it.
    @discardableResult
    func end(by signal: Int32) async -> (reason: Process.TerminationReason, status: Int32) {
        if process.isRunning { kill(processID, signal) }
        for _ in 0..<6_000 where process.isRunning { try? await Task.sleep(for: .milliseconds(10)) }
        if process.isRunning {
            kill(processID, SIGKILL)
            // A task that a suite's time limit has cancelled does not sleep, and Foundation ends the tests where a program that
            // still runs is asked for its status.
            await onOwnThread { [process] in process.waitUntilExit() }
        }
        // What was written before the end is read to its end; a child of its own may hold the pipe for longer.
        for _ in 0..<6_000 where !(out.isWhole && error.isWhole) { try? await Task.sleep(for: .milliseconds(10)) }
        return (process.terminationReason, process.terminationStatus)
    }

    /// Waits until it ends by itself; where it does not within a minute or more, it is ended.
    /// - Returns: the exit status, or the number of the signal.
    func untilEnd() async -> Int32 {
        for _ in 0..<6_000 where process.isRunning { try? await Task.sleep(for: .milliseconds(10)) }
        // Signal 0 is none.
        return await end(by: 0).status
    }

    /// Hundredths of a second of a processor that it took so far.
    var processorTicks: Int {
        let fields = String(decoding: proc("stat"), as: UTF8.self).split(separator: ")").last?.split(separator: " ") ?? []
        return fields.count > 12 ? (Int(fields[11]) ?? 0) + (Int(fields[12]) ?? 0) : 0
    }

    /// A file of `/proc/PID`; empty where it may not be read.
    func proc(_ name: String) -> [UInt8] {
        (try? Data(contentsOf: URL(fileURLWithPath: "/proc/\(processID)/\(name)"))).map { Array($0) } ?? []
    }
}
