import Foundation
import Synchronization
import TestSupport

/// `curl -N`, as a person reads a stream. *Mutex; any thread.* Stop it, or it stays.
final class CurlStream: Sendable {
    struct State: Sendable {
        var model = StreamModel()
        var text = ""
        var error: String?
        var isEnded = false
    }

    private let box = Box()
    private let process: Process

    private final class Box: Sendable {
        let state = Mutex(State())
    }

    struct TimedOut: Error { let state: State }

    init(_ arguments: [String], _ url: String) throws {
        process = Process()
        process.executableURL = URL(fileURLWithPath: LocalProgram.find("curl") ?? "/usr/bin/curl")
        process.arguments = ["-sSN", "--max-time", "60"] + arguments + [url]
        let out = Pipe()
        (process.standardOutput, process.standardError, process.standardInput) = (out, out, FileHandle.nullDevice)
        try process.run()
        let reading = out.fileHandleForReading
        // A thread that blocks: a readability handler does not always hear of the end.
        Thread.detachNewThread { [box] in
            while true {
                let data = reading.availableData
                box.state.withLock { state in
                    if data.isEmpty { state.isEnded = true }
                    state.text += String(decoding: data, as: UTF8.self)
                    do { try state.model.read(Array(data)) } catch { state.error = "\(error)" }
                }
                if data.isEmpty { return }
            }
        }
    }

    var now: State { box.state.withLock { $0 } }

    /// Waits until it is so, for a minute or more. Not `eventually`: its error shows what was seen instead.
    @discardableResult
    func until(_ isSo: (State) -> Bool, meanwhile: () -> Void = {}) async throws -> State {
        for _ in 0..<6_000 {
            let state = now
            if isSo(state) { return state }
            meanwhile()
            try await Task.sleep(for: .milliseconds(10))
        }
        throw TimedOut(state: now)
    }

    func stop() { if process.isRunning { kill(process.processIdentifier, SIGKILL) } }
}
