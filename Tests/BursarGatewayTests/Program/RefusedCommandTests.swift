import BursarCatalog
import BursarMocks
import TestSupport
import Testing

/// What a gateway refuses, as the exit codes of all commands tell it alike.
@Suite(.serialized, .timeLimit(.minutes(2)))
struct RefusedCommandTests {
    @Test func `an account that does not exist is a matter of usage for every command`() async throws {
        try await TestGateway.with(["provider: sunor, key: mock-ok"]) { gateway async throws in
            for command in [
                ["balances", "--provider", "legnext"], ["balances", "--provider", "legnext", "--json"],
                ["balances", "--provider", "legnext", "--watch"], ["guard", "legnext", "--needs", "1"],
                ["guard", "sunor/nope", "--needs", "1"], ["guard", "sunor/nope", "--needs", "1", "--fail-open"],
                ["explain", "legnext"], ["explain", "sunor/nope"], ["history", "legnext"], ["history", "sunor/nope"]
            ] {
                let end = try await Command.run(command + ["--url", gateway.url])
                #expect(end.status == 64 && end.complaint.contains("answered 404"), "\(command): \(end.status) \(end.complaint)")
            }
        }
    }

    @Test func `what a caller may not do is 77, and not a gateway that is away`() async throws {
        try await TestGateway.with(["provider: sunor, key: mock-ok"]) { gateway async throws in
            for command in [["alert", "mute", "sunor", "--for", "1h"], ["alert", "unmute", "sunor"], ["alert", "test"]] {
                let end = try await Command.run(command + ["--url", gateway.url])
                #expect(end.status == 77 && end.complaint.contains("answered 403"), "\(command): \(end.status) \(end.complaint)")
            }
        }
    }

    @Test func `where the gateway knows no token of the caller, every command is 77 and names the token's variable`() async throws
    {
        let digest = String(repeating: "0a", count: 32)
        try await Command.serving("clients: [{name: a, token_sha256: \(digest), allow: '*'}]") { folder, _ in
            for command in [
                ["balances"], ["balances", "--json"], ["balances", "--watch"], ["explain", "sunor"], ["explain", "sunor/default"],
                ["guard", "sunor", "--needs", "1"], ["history", "sunor/default"], ["alert", "list"], ["alert", "test"],
                ["status"], ["retry", "sunor/default"], ["reload"]
            ] {
                let end = try await Command.run(command + ["--url", "unix:" + folder.file("b.sock")])
                #expect(end.status == 77 && end.complaint.contains("$BURSAR_TOKEN"), "\(command): \(end.status) \(end.complaint)")
            }
            let open = try await Command.run([
                "guard", "sunor", "--needs", "1", "--fail-open", "--url", "unix:" + folder.file("b.sock")
            ])
            #expect(open.status == 77 && open.complaint.contains("$BURSAR_TOKEN"), "\(open.complaint)")
        }
    }
}
