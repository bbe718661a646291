import BursarModel
import NIOHTTP1
import TestSupport
import Testing

@testable import BursarGateway

/// What a reload does to clients, on connections that stay open.
@Suite struct ClientReloadTests {
    private let accounts = ["provider: sunor, key: mock-ok", "provider: legnext, key: mock-ok"]
    private let ann = TestClient("ann")
    private let bob = TestClient("bob")

    @Test func `a token that is taken away is refused at once, also where its answer was repeated`() async throws {
        try await TestGateway.with(accounts, settings: "clients:\n" + ann.line() + bob.line()) { gateway async throws in
            for _ in 0..<5 { #expect(try await gateway.get("/v1/balances", ann.bearer).status == 200) }
            await gateway.reload(accounts, settings: "clients:\n" + bob.line())
            #expect(try await gateway.get("/v1/balances", ann.bearer).status == 401)
            #expect(try await gateway.get("/v1/balances", bob.bearer).status == 200)
        }
    }

    @Test func `what a client may see is what the configuration in force says`() async throws {
        let sunor = TestGateway.routes["sunor"] ?? "", legnext = TestGateway.routes["legnext"] ?? ""
        try await TestGateway.with(accounts, settings: "clients:\n" + ann.line(allow: "[sunor]")) { gateway async throws in
            for _ in 0..<3 {
                #expect(try await gateway.get(sunor, ann.bearer).status == 200)
                #expect(try await gateway.get(legnext, ann.bearer).status == 404)
            }
            await gateway.reload(accounts, settings: "clients:\n" + ann.line(allow: "[legnext]"))
            for _ in 0..<3 {
                #expect(try await gateway.get(sunor, ann.bearer).status == 404)
                #expect(try await gateway.get(legnext, ann.bearer).status == 200)
            }
        }
    }

    @Test func `one token replaces another without a refused request in between`() async throws {
        let next = TestClient("ann's next")
        let both = "  - {name: ann, token_sha256: [\(ann.digest), \(next.digest)], allow: '*'}\n"
        try await TestGateway.with(accounts, settings: "clients:\n" + ann.line()) { gateway async throws in
            #expect(try await gateway.get("/v1/balances", ann.bearer).status == 200)
            await gateway.reload(accounts, settings: "clients:\n" + both)
            for token in [ann, next] { #expect(try await gateway.get("/v1/balances", token.bearer).status == 200) }
        }
    }

    @Test func `a reload gives nobody a new quota, and another rate does`() async throws {
        try await TestGateway.with(accounts, settings: "clients:\n" + ann.line("rate: 2/1h")) { gateway async throws in
            for _ in 0..<2 { #expect(try await gateway.get("/v1/balances", ann.bearer).status == 200) }
            await gateway.reload(accounts, settings: "clients:\n" + ann.line("rate: 2/1h"))
            #expect(try await gateway.get("/v1/balances", ann.bearer).status == 429)
            await gateway.reload(accounts, settings: "clients:\n" + ann.line("rate: 3/1h"))
            #expect(try await gateway.get("/v1/balances", ann.bearer).status == 200)
        }
    }

    @Test func `clients may come, and from then on nobody else is served`() async throws {
        try await TestGateway.with(accounts) { gateway async throws in
            for _ in 0..<3 { #expect(try await gateway.get("/v1/balances").status == 200) }
            await gateway.reload(accounts, settings: "clients:\n" + ann.line())
            #expect(try await gateway.get("/v1/balances").status == 401)
            #expect(try await gateway.get("/v1/balances", ann.bearer).status == 200)
        }
    }

    @Test func `a reload that takes the last client away is told`() async throws {
        let warning = "no clients are configured any more"
        try await TestGateway.with(accounts, settings: "clients:\n" + ann.line() + bob.line()) { gateway async throws in
            await gateway.reload(accounts, settings: "clients:\n" + bob.line())
            #expect(!gateway.log.text.contains(warning))
            await gateway.reload(accounts)
            #expect(await gateway.log.contains(warning))
            #expect(try await gateway.get("/v1/balances").status == 200)
        }
        // Where there never was one, there is nothing to tell.
        try await TestGateway.with(accounts) { gateway async throws in
            await gateway.reload(accounts)
            #expect(await gateway.log.contains("configuration reloaded"))
            #expect(!gateway.log.text.contains(warning))
        }
    }

    @Test func `an emptied file changes nothing`() async throws {
        try await TestGateway.with(accounts, settings: "clients:\n" + ann.line()) { gateway async throws in
            gateway.file.text = "# clients:\n"
            guard case .refused(let problems) = await gateway.gateway.reload("test") else {
                Issue.record("an empty file is in force")
                return
            }
            #expect(problems.count == 1 && problems.first?.contains("test.yaml says nothing any more") == true, "\(problems)")
            #expect(try await gateway.get("/v1/balances").status == 401)
            #expect(try await gateway.get("/v1/balances", ann.bearer).row(1) != nil)
        }
    }
}
