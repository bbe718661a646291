import BursarBasics
import BursarCatalog
import BursarMocks
import Foundation
import TestSupport
import Testing

@testable import BursarGateway
@testable import BursarText

/// The commands of somebody who is called in the night: `status`, `retry`, `reload`, and the variable that says which gateway.
@Suite(.serialized, .timeLimit(.minutes(2)))
struct OperatorCommandTests {
    private static let any = "key: a-key-that-names-no-scenario"

    // MARK: - status

    @Test func `what needs somebody is told with what to do, and makes the exit code 1`() async throws {
        let accounts = [
            "provider: legnext, key: mock-ok", "provider: hyper3d, key: mock-depleted", "provider: sunor, key: mock-401"
        ]
        try await TestGateway.with(accounts) { gateway async throws in
            let end = try await Command.run(["status", "--url", gateway.url])
            #expect(end.status == 1 && end.complaint.isEmpty, "\(end.status) \(end.complaint)")
            let lines = end.output.split(separator: "\n")
            try #require(lines.count == 3, "\(end.output)")
            #expect(lines[0] == "2 of 3 need you", "\(end.output)")
            let command = "bursar explain sunor/default --url \(gateway.url)"
            #expect(lines[1].hasPrefix("sunor/default") && lines[1].hasSuffix(command), "\(end.output)")
            #expect(lines[1].contains("Sunor rejected the key; asked again in 5 min"), "\(end.output)")
            #expect(lines[2].contains("hyper3d/default") && lines[2].contains("EMPTY 0"), "\(end.output)")
            #expect(lines[2].hasSuffix("https://hyper3d.ai/subscribe"), "\(end.output)")
            let json = try await Command.run(["status", "--json", "--url", gateway.url])
            #expect(json.status == 1)
            let document = try JSONReader.read(Array(json.output.utf8))
            #expect(document["schema"]?.text == "bursar.needs.v1" && document["in_need"]?.integer == 2, "\(json.output)")
            #expect(document["needs"]?[0]?["need"]?.text == "unavailable")
            #expect(document["needs"]?[0]?["command"]?.text == command, "\(json.output)")
            // What the variable says, it says to whoever copies the command as well.
            let named = try await Command.run(["status"], environment: ["BURSAR_URL": gateway.url])
            #expect(named.status == 1 && named.output.contains("bursar explain sunor/default\n"), "\(named.output)")
        }
    }

    @Test func `where all is well the exit code is 0, and with cached nobody is asked`() async throws {
        try await TestGateway.with(["provider: sunor, key: mock-ok"]) { gateway async throws in
            let cold = try await Command.run(["status", "--cached", "--url", gateway.url])
            #expect(cold.status == 0 && cold.output.contains("1 of 1 was not asked for yet"), "\(cold.output) \(cold.complaint)")
            #expect(try gateway.mocks.calls(for: "sunor") == 0)
            let warm = try await Command.run(["status", "--url", gateway.url])
            #expect(warm.status == 0 && warm.output == "The account is well\n", "\(warm.output) \(warm.complaint)")
        }
    }

    @Test func `a status of no gateway is 69, and nothing that answers in its place commands a terminal`() async throws {
        let port = try await LocalProgram.freePort()
        #expect(try await Command.run(["status", "--url", "http://127.0.0.1:\(port)"]).status == 69)
        for texts in [("<html>", "<html>"), (#"{"balances": []}"#, #"{"title": "\u009b2J"}"#)] {
            let upstream = try await RecordingUpstream.start(answering: texts.0, texts.1)
            let end = try await Command.run(["status", "--url", upstream.url])
            await upstream.stop()
            #expect(end.status == 69 && end.output.isEmpty, "\(end.status) \(end.output)")
        }
        let row =
            #"{"provider": "acme", "account": "a", "status": "unavailable", "amounts": [], "#
            + #""problem": {"code": "timeout", "title": "late \u009b2J\u202e\u001b[2J"}}"#
        let upstream = try await RecordingUpstream.start(
            answering: #"{"balances": [\#(row)]}"#, #"{"schema": "bursar.alerts.v1", "alerts": []}"#,
            #"{"schema": "bursar.status.v1", "generated_at": "2026-11-27T20:00:00.000Z", "accounts": []}"#,
            #"{"status": "ready"}"#)
        let terminal = try await TerminalProgram.run(["status", "--url", upstream.url])
        await upstream.stop()
        let shown = String(decoding: terminal.shown, as: UTF8.self)
        #expect(terminal.status == 1 && shown.contains("late ?2J??[2J"), "\(shown.debugDescription)")
        // The terminal itself puts a return before each line feed.
        #expect(!shown.unicodeScalars.contains { !"\r\n".unicodeScalars.contains($0) && LineText.isCommand($0) })
    }

    // MARK: - retry

    @Test func `a retry has a provider asked that wanted to be left alone, and says what came of it`() async throws {
        let folder = try ScratchFolder()
        defer { folder.remove() }
        let socket = folder.file("b.sock")
        try await TestGateway.with(["provider: sunor, \(Self.any)"], listen: TestGateway.listening(at: socket)) {
            gateway async throws in
            try gateway.mocks.set(#require(MockScenario("429-retry-after-300")), for: "sunor")
            _ = try await gateway.get("/v1/balances")
            // Who is not let in has not asked anybody.
            let stranger = try await Command.run(["retry", "sunor/default", "--url", gateway.url])
            #expect(stranger.status == 77 && stranger.complaint.contains("--url unix:\(socket)"), "\(stranger.complaint)")
            #expect(try gateway.mocks.calls(for: "sunor") == 1)
            let again = try await Command.run(["retry", "sunor/default", "--url", "unix:\(socket)"])
            #expect(again.status == 1 && again.output.contains("Sunor asked to wait"), "\(again.output) \(again.complaint)")
            #expect(try gateway.mocks.calls(for: "sunor") == 2)
            try gateway.mocks.set(#require(MockScenario("ok")), for: "sunor")
            let well = try await Command.run(["retry", "sunor"], environment: ["BURSAR_URL": "unix:\(socket)"])
            #expect(well.status == 0 && well.output.contains("fresh"), "\(well.output) \(well.complaint)")
            #expect(try gateway.mocks.calls(for: "sunor") == 3)
            let nobody = try await Command.run(["retry", "sunor/nobody", "--url", "unix:\(socket)"])
            #expect(nobody.status == 64 && nobody.complaint.contains("answered 404"), "\(nobody.complaint)")
        }
    }

    // MARK: - reload

    @Test func `a reload says what changed, and what is wrong with its place`() async throws {
        try await Command.serving { folder, program in
            let url = "unix:" + folder.file("b.sock")
            let text = try String(contentsOfFile: folder.file("bursar.yaml"), encoding: .utf8)
            func reload(with accounts: String) async throws -> Command.End {
                _ = try folder.write(text.replacing("accounts: []", with: "accounts: \(accounts)"), to: "bursar.yaml")
                return try await Command.run(["reload", "--url", url])
            }
            let same = try await Command.run(["reload", "--url", url])
            #expect(same.status == 0 && same.output == "in force: 0 accounts; none was added, changed or removed\n", "\(same)")
            let added = try await reload(with: "[{provider: sunor, key: 'mock-key-of-s', base_url: 'http://127.0.0.1:9'}]")
            #expect(added.status == 0 && added.output == "in force: 1 account\nadded          sunor/default\n", "\(added)")
            let wrong = try await reload(with: "[{provider: sunro, key: 'mock-key-of-s'}]")
            #expect(wrong.status == 78 && wrong.output.isEmpty, "\(wrong)")
            #expect(wrong.complaint.contains("bursar.yaml:") && wrong.complaint.contains("the old one stays"), "\(wrong)")
            // The gateway remembers, and status says so.
            let status = try await Command.run(["status", "--cached", "--url", url])
            #expect(status.status == 1 && status.output.contains("a reload was refused"), "\(status)")
            #expect(status.output.contains("  bursar reload --url \(ShellText.word(url))\n"), "\(status)")
            let plain = try await program.url()
            #expect(try await Command.run(["reload", "--url", plain]).status == 77)
        }
    }

    // MARK: - which gateway

    @Test func `the variable stands in the place of the option, and the option is stronger`() async throws {
        try await TestGateway.with(["provider: sunor, key: mock-ok"]) { gateway async throws in
            for command in [["balances"], ["status"], ["explain", "sunor"], ["guard", "sunor", "--needs", "1"], ["healthcheck"]] {
                let end = try await Command.run(command, environment: ["BURSAR_URL": gateway.url])
                #expect(end.status == 0, "\(command): \(end.status) \(end.complaint)")
            }
            let wrong = ["BURSAR_URL": "127.0.0.1:8787"]
            #expect(try await Command.run(["balances", "--url", gateway.url], environment: wrong).status == 0)
            // A configuration that is named says where the gateway is asked.
            let port = try await LocalProgram.freePort()
            let listening = ["healthcheck", "--listen", "127.0.0.1:\(port)"]
            let end = try await Command.run(listening, environment: ["BURSAR_URL": gateway.url])
            #expect(end.status == 69 && end.complaint.contains("127.0.0.1:\(port)"), "\(end.status) \(end.complaint)")
        }
    }

    @Test(arguments: [
        ["balances"], ["status"], ["guard", "sunor", "--needs", "1", "--fail-open"], ["alert", "list"], ["reload"],
        ["healthcheck"]
    ])
    func `a variable in which nothing is named that could be asked is a matter of usage, and named`(command: [String])
        async throws
    {
        for value in ["127.0.0.1:8787", "unix:", "ftp://x"] {
            let end = try await Command.run(command, environment: ["BURSAR_URL": value])
            #expect(
                end.status == 64 && end.complaint.contains("$BURSAR_URL is none of"), "\(value): \(end.status) \(end.complaint)")
        }
    }
}
