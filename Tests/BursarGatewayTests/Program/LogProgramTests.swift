import BursarCatalog
import Foundation
import TestSupport
import Testing

/// The program's log, read by a process of its own, or by none.
@Suite(.serialized, .timeLimit(.minutes(3)), .enabled(if: LocalProgram.has("curl"), "curl is not installed"))
struct LogProgramTests {
    private func configuration(_ folder: ScratchFolder, port: Int) throws -> String {
        try folder.write(
            "listen: ['127.0.0.1:\(port)']\nstore: memory\nlog: {format: json}\ndrain: {deadline: 2s}\naccounts: []\n",
            to: "bursar.yaml")
    }

    private func ask(_ url: String, times: Int) async throws {
        _ = try await LocalProgram.curl("-o", "/dev/null", "--retry", "20", "--retry-connrefused", "--retry-delay", "1", url)
        _ = try await LocalProgram.curl("-o", "/dev/null", url + "?[1-\(times)]")
    }

    @Test func `nobody reads its error output, and SIGTERM ends it within its deadline (A5)`() async throws {
        let folder = try ScratchFolder()
        defer { folder.remove() }
        let port = try await LocalProgram.freePort()
        let unread = Pipe()
        let process = Process()
        process.executableURL = URL(fileURLWithPath: try #require(ChildProgram.path))
        process.arguments = ["serve", "--config", try configuration(folder, port: port)]
        process.standardError = unread
        process.standardOutput = FileHandle.nullDevice
        process.standardInput = FileHandle.nullDevice
        try process.run()
        try await ask("http://127.0.0.1:\(port)/livez", times: 3_000)
        process.terminate()
        // Thirty times its deadline: on a busy machine. With an end, because what would never end is what is looked for.
        for _ in 0..<6_000 where process.isRunning { try await Task.sleep(for: .milliseconds(10)) }
        #expect(!process.isRunning)
        if process.isRunning { kill(process.processIdentifier, SIGKILL) }
        process.waitUntilExit()
        #expect(process.terminationReason == .exit && process.terminationStatus == 0)
        withExtendedLifetime(unread) {}
    }

    @Test func `a process that is killed leaves whole lines, in their order`() async throws {
        let folder = try ScratchFolder()
        defer { folder.remove() }
        let port = try await LocalProgram.freePort()
        let program = try ChildProgram(["serve", "--config", try configuration(folder, port: port)])
        do {
            try await ask("http://127.0.0.1:\(port)/livez", times: 500)
            // A request's line comes by itself.
            try await eventually({ requests(program) >= 501 }, pause: .milliseconds(10))
        } catch {
            await program.end(by: SIGKILL)
            throw error
        }
        await program.end(by: SIGKILL)
        #expect(requests(program) == 501)
        for line in program.complaintText.split(separator: "\n") where line.hasPrefix("{") {
            #expect((try? JSONReader.read(Array(line.utf8))) != nil, "\(line)")
        }
        #expect(program.complaint.last == UInt8(ascii: "\n"))
    }

    private func requests(_ program: ChildProgram) -> Int {
        program.complaintText.components(separatedBy: "\"message\":\"request\"").count - 1
    }
}
