import Foundation
import Testing

@testable import BursarGateway

/// The program itself, as a process of its own: what no test of its parts can see.
@Suite(.serialized, .timeLimit(.minutes(2)), .enabled(if: LocalProgram.has("curl"), "curl is not installed"))
struct ProgramTests {
    /// Beside the test's own program.
    private static let program = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
        .appendingPathComponent("bursar").path

    /// Runs `bursar` with the arguments, gives its URL to `body`, and ends it with SIGTERM.
    /// - Returns: what it printed, and its exit status.
    private func running(
        _ arguments: [String], environment: [String: String] = [:], _ body: (_ url: String, Process) async throws -> Void
    ) async throws -> (text: String, status: Int32) {
        let folder = try ScratchFolder()
        defer { folder.remove() }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: Self.program)
        process.arguments = arguments
        process.environment = ["HOME": folder.path].merging(environment) { _, new in new }
        process.currentDirectoryURL = URL(fileURLWithPath: folder.path)
        let log = try folder.write("", to: "log")
        let output = FileHandle(forWritingAtPath: log)
        (process.standardOutput, process.standardError, process.standardInput) = (output, output, FileHandle.nullDevice)
        try process.run()
        var text: String { (try? String(contentsOfFile: log, encoding: .utf8)) ?? "" }
        var url: String?
        for _ in 0..<200 where url == nil && process.isRunning {
            try await Task.sleep(for: .milliseconds(20))
            url = text.firstMatch(of: /listens on (127\.0\.0\.1:\d+)/).map { "http://\($0.1)" }
        }
        defer { if process.isRunning { kill(process.processIdentifier, SIGKILL) } }
        try await body(try #require(url, "\(text)"), process)
        kill(process.processIdentifier, SIGTERM)
        for _ in 0..<500 where process.isRunning { try await Task.sleep(for: .milliseconds(20)) }
        return (text, process.isRunning ? -1 : process.terminationStatus)
    }

    @Test func `the demo stays until it is asked to stop`() async throws {
        let (text, status) = try await running(["demo", "--listen", "127.0.0.1:0"]) { url, process in
            // It once ended by itself, because a service beside the gateway had nothing to do.
            for _ in 0..<10 {
                #expect(try await LocalProgram.curl(url + "/v1/balances").contains(#""fresh":5"#))
                try await Task.sleep(for: .milliseconds(50))
            }
            #expect(process.isRunning)
        }
        #expect(status == 0, "\(text)")
        #expect(text.contains("PROVIDER"))
    }

    @Test func `SIGHUP has serve read its configuration again`() async throws {
        let folder = try ScratchFolder()
        defer { folder.remove() }
        let file = try folder.write("listen: 127.0.0.1:0\nstore: memory\naccounts: []\n", to: "bursar.yaml")
        let (text, status) = try await running(["serve", "--config", file]) { url, process in
            _ = try folder.write(
                "listen: 127.0.0.1:0\nstore: memory\naccounts:\n  - {provider: sunor, key: 'a-key-for-nobody'}\n",
                to: "bursar.yaml")
            var rows = ""
            for _ in 0..<200 where !rows.contains("sunor") {
                // Again and again: the first may come while it still starts, and must do no harm then.
                kill(process.processIdentifier, SIGHUP)
                rows = try await LocalProgram.curl(url + "/v1/status")
                try await Task.sleep(for: .milliseconds(20))
            }
            #expect(rows.contains("sunor"))
        }
        #expect(status == 0, "\(text)")
        #expect(!text.contains("a-key-for-nobody"))
    }
}
