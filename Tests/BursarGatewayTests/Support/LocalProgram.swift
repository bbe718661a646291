import Foundation
import NIOCore
import NIOPosix
import TestSupport

/// A program of this machine that a test runs: found in the usual folders, never by PATH. *Value.*
enum LocalProgram {
    static func find(_ name: String) -> String? {
        ["/usr/bin/", "/usr/sbin/", "/usr/local/bin/", "/usr/local/sbin/"].map { $0 + name }
            .first { FileManager.default.isExecutableFile(atPath: $0) }
    }

    static func has(_ names: String...) -> Bool { names.allSatisfy { find($0) != nil } }

    struct Output {
        let text: String
        let complaint: String
        let status: Int32
    }

    static func run(_ name: String, _ arguments: [String]) async throws -> Output {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: find(name) ?? "/usr/bin/" + name)
        process.arguments = arguments
        let (out, error) = (Pipe(), Pipe())
        (process.standardOutput, process.standardError, process.standardInput) = (out, error, FileHandle.nullDevice)
        return try await withCheckedThrowingContinuation { continuation in
            // A thread of its own: libdispatch's are few, tasks run on them, and these wait.
            Thread.detachNewThread {
                continuation.resume(
                    with: Result {
                        try process.run()
                        let text = out.fileHandleForReading.readDataToEndOfFile()
                        let complaint = error.fileHandleForReading.readDataToEndOfFile()
                        process.waitUntilExit()
                        return Output(
                            text: String(decoding: text, as: UTF8.self), complaint: String(decoding: complaint, as: UTF8.self),
                            status: process.terminationStatus)
                    })
            }
        }
    }

    /// Runs curl quietly; a failure of its own is the text.
    static func curl(_ arguments: String...) async throws -> String {
        let output = try await run("curl", ["-sS", "--max-time", "20"] + arguments)
        return output.status == 0 ? output.text : "curl \(output.status): \(output.complaint)"
    }

    /// A port that nobody had a moment ago.
    static func freePort() async throws -> Int {
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .bind(host: "127.0.0.1", port: 0).get()
        let port = channel.localAddress?.port ?? 0
        try await channel.close()
        return port
    }
}

extension ScratchFolder {
    /// A certificate that signs itself: `name.pem` and `name.key`.
    func makeCertificate(_ name: String) async throws {
        let output = try await LocalProgram.run(
            "openssl",
            [
                "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj",
                "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout", file(name + ".key"), "-out",
                file(name + ".pem")
            ])
        if output.status != 0 { throw Failure(text: output.complaint) }
    }

    /// The same, and nobody takes it any more.
    func makeExpiredCertificate(_ name: String) async throws {
        try await makeCertificate(name)
        let output = try await LocalProgram.run(
            "openssl",
            ["x509", "-in", file(name + ".pem"), "-signkey", file(name + ".key"), "-days", "-1", "-out", file(name + ".old")])
        if output.status != 0 { throw Failure(text: output.complaint) }
        let expired = try Data(contentsOf: URL(fileURLWithPath: file(name + ".old")))
        try expired.write(to: URL(fileURLWithPath: file(name + ".pem")), options: .atomic)
    }

    struct Failure: Error { let text: String }
}
