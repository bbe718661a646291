import BursarCatalog
import BursarMocks
import Foundation
import NIOHTTP1
import TestSupport
import Testing

/// What a provider's name alone means where an account is asked for.
@Suite(.serialized, .timeLimit(.minutes(2)))
struct AccountNameTests {
    /// A gateway with accounts of one provider, which is nowhere.
    private func serving(_ names: String..., body: (_ folder: ScratchFolder, _ url: String) async throws -> Void) async throws {
        let accounts = names.map { "{provider: sunor, name: \($0), key: 'mock-key-of-\($0)', base_url: 'http://127.0.0.1:9'}" }
        try await Command.serving(accounts: "[\(accounts.joined(separator: ", "))]", store: "sqlite:bursar.db") { folder, _ in
            try await body(folder, "unix:" + folder.file("b.sock"))
        }
    }

    private static let commands: [[String]] = [
        ["explain", "sunor"], ["history", "sunor", "--since", "7d"], ["guard", "sunor", "--needs", "1"],
        ["alert", "mute", "sunor", "--for", "1h"], ["alert", "unmute", "sunor"]
    ]

    @Test func `a provider alone is its only account for every command, whatever that is called`() async throws {
        try await serving("s") { _, url in
            for command in Self.commands {
                let end = try await Command.run(command + ["--url", url])
                // Nobody answers for that provider: a guard cannot say, but it knows of which account.
                #expect(end.status == (command[0] == "guard" ? 69 : 0), "\(command): \(end.complaint)")
                if command[0] == "guard" { #expect(end.output.contains("sunor/s"), "\(end.output)") }
            }
        }
    }

    @Test func `an account whose mute was ended is told as not muted, and so is one that had none`() async throws {
        try await serving("s") { _, url in
            let muted = try await Command.run(["alert", "mute", "sunor", "--for", "1h", "--url", url])
            #expect(muted.status == 0 && muted.output.hasPrefix("sunor/s is muted until "), "\(muted.output) \(muted.complaint)")
            for name in ["sunor", "sunor/s"] {
                let end = try await Command.run(["alert", "unmute", name, "--url", url])
                #expect(end.status == 0 && end.output == "sunor/s is not muted\n", "\(end.output) \(end.complaint)")
            }
        }
    }

    @Test func `a provider with several accounts is none of them for no command, and each is named`() async throws {
        try await serving("default", "ok") { folder, url in
            for command in Self.commands {
                let end = try await Command.run(command + ["--url", url])
                #expect(end.status == 64 && end.output.isEmpty, "\(command): \(end.status) \(end.output)")
                #expect(end.complaint.contains("several accounts. Name one: sunor/default, sunor/ok."), "\(end.complaint)")
            }
            let tried = try await Command.run(["provider", "try", "sunor", "--config", folder.file("bursar.yaml")])
            #expect(tried.status == 64 && tried.complaint.contains("Name one: sunor/default, sunor/ok."), "\(tried.complaint)")
            // Said with its name, it is that one.
            #expect(try await Command.run(["explain", "sunor/ok", "--url", url]).status == 0)
        }
    }

    // The gateway was asked for whatever path that made, and answered with the list of all its routes.
    @Test(arguments: ["sunor/x/y", "sunor/", "/default", "/", "", "sunor/..", "Sunor/default", "sunor/a b", "su nor"])
    func `what is no account is told as that, and no gateway is asked`(account: String) async throws {
        let port = try await LocalProgram.freePort()
        for command in [
            ["explain"], ["history"], ["retry"], ["alert", "mute", "--for", "1h"], ["alert", "unmute"]
        ] {
            let end = try await Command.run(command + [account, "--url", "http://127.0.0.1:\(port)"])
            #expect(end.status == 64 && end.output.isEmpty, "\(command): \(end.status) \(end.output)")
            #expect(
                end.complaint.contains("An account is provider or provider/account") && end.complaint.contains("'\(account)'"),
                "\(command): \(end.complaint)")
        }
    }

    @Test func `a claim of a provider with several accounts is refused likewise`() async throws {
        try await TestGateway.with(["provider: sunor, key: mock-ok", "provider: sunor, name: other, key: mock-balance-20"]) {
            gateway async throws in
            let body = Array(#"{"account":"sunor","amount":"1"}"#.utf8)
            let answer = try await gateway.send("/v1/claims", method: .POST, [("idempotency-key", "a")], body: body)
            #expect(answer.status == 404)
            #expect(answer.text.contains("Name one: sunor/default, sunor/other."), "\(answer.text)")
            #expect(try gateway.mocks.calls(for: "sunor") == 0)
        }
    }
}
