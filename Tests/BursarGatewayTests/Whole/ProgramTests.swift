import Foundation
import TestSupport
import Testing

@testable import BursarGateway

/// The program itself, as a process of its own: what no test of its parts can see.
@Suite(.serialized, .timeLimit(.minutes(2)), .enabled(if: LocalProgram.has("curl"), "curl is not installed"))
struct ProgramTests {
    /// Runs `bursar` with the arguments, gives its URL to `body`, and ends it with SIGTERM.
    /// - Returns: what it told people, and its exit status.
    private func running(
        _ arguments: [String], in folder: String? = nil, _ body: (_ url: String, ChildProgram) async throws -> Void
    ) async throws -> (text: String, status: Int32) {
        let program = try ChildProgram(arguments, in: folder)
        do {
            try await body(try await program.url(), program)
        } catch {
            await program.end(by: SIGKILL)
            throw error
        }
        let end = await program.end(by: SIGTERM)
        #expect(end.reason == .exit)
        return (program.complaintText, end.status)
    }

    @Test func `the demo stays until it is asked to stop`() async throws {
        let (text, status) = try await running(["demo", "--listen", "127.0.0.1:0"]) { url, _ in
            // It once ended by itself, because a service beside the gateway had nothing to do.
            for _ in 0..<10 {
                #expect(try await LocalProgram.curl(url + "/v1/balances").contains(#""fresh":5"#))
                try await Task.sleep(for: .milliseconds(50))
            }
        }
        #expect(status == 0, "\(text)")
        // `bursar balances` is content with what is half a minute old.
        #expect(text.contains("PROVIDER") && text.contains("# after 30 s, look again"))
    }

    // Over TCP it was told to send SIGHUP, which ends it.
    @Test func `the demo has nothing to read again, on whatever listener it is asked`() async throws {
        let folder = try ScratchFolder()
        defer { folder.remove() }
        let socket = "unix:" + folder.file("d.sock")
        let (text, status) = try await running(["demo", "--listen", "127.0.0.1:0", "--listen", socket]) { url, _ in
            for place in [url, socket] {
                let end = try await Command.run(["reload", "--url", place])
                #expect(end.status == 69 && end.complaint.contains("answered 409"), "\(place): \(end.status) \(end.complaint)")
                #expect(!end.complaint.contains("SIGHUP"), "\(end.complaint)")
            }
            // A page of another origin is told nothing but that.
            #expect(
                try await LocalProgram.curl("-X", "POST", "-H", "Origin: https://evil.example", url + "/admin/reload")
                    .contains("cross_site"))
        }
        #expect(status == 0, "\(text)")
    }

    @Test func `SIGHUP has serve read its configuration again`() async throws {
        let folder = try ScratchFolder()
        defer { folder.remove() }
        let file = try folder.write("listen: 127.0.0.1:0\nstore: memory\naccounts: []\n", to: "bursar.yaml")
        let (text, status) = try await running(["serve", "--config", file]) { url, program in
            _ = try folder.write(
                "listen: 127.0.0.1:0\nstore: memory\naccounts:\n  - {provider: sunor, key: 'a-key-for-nobody'}\n",
                to: "bursar.yaml")
            try await eventually(
                {
                    // Again and again: the first may come while it still starts, and must do no harm then.
                    kill(program.processID, SIGHUP)
                    return try await LocalProgram.curl(url + "/v1/status").contains("sunor")
                }, pause: .milliseconds(20))
        }
        #expect(status == 0, "\(text)")
        #expect(!text.contains("a-key-for-nobody"))
    }

    @Test func `a key that is rotated beside a configuration found in the folder itself is noticed`() async throws {
        let folder = try ScratchFolder()
        defer { folder.remove() }
        _ = try folder.write("the-first-key-of-nobody", to: "k1")
        _ = try folder.write(
            "listen: 127.0.0.1:0\nstore: memory\naccounts:\n  - {provider: sunor, key: '${file:./k1}'}\n", to: "bursar.yaml")
        let (text, status) = try await running(["serve"], in: folder.path) { _, program in
            // The first may be found by the look when it begins to listen; the second only by listening.
            for round in 1...2 {
                _ = try folder.write("another-key-of-nobody-\(round)", to: "k1.new")
                rename(folder.file("k1.new"), folder.file("k1"))
                func reloads() -> Int { program.complaintText.components(separatedBy: "configuration reloaded").count - 1 }
                try await eventually({ reloads() >= round }, pause: .milliseconds(10))
                #expect(reloads() == round)
            }
        }
        #expect(status == 0, "\(text)")
    }
}
