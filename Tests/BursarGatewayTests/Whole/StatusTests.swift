import BursarCatalog
import BursarMocks
import NIOHTTP1
import TestSupport
import Testing

@testable import BursarGateway

/// `/v1/status`, and the routes that change something.
@Suite(.timeLimit(.minutes(2)))
struct StatusTests {
    @Test func `an account that nobody asked for says so, and asking for its status asks nobody`() async throws {
        try await TestGateway.with(["provider: sunor, key: mock-ok"]) { gateway async throws in
            let status = try await gateway.get("/v1/status")
            #expect(status.json?["schema"]?.text == "bursar.status.v1")
            let account = status.json?["accounts"]?[0]
            #expect(account?["call"]?.text == "none")
            #expect(account?["last_asked"] == .null)
            #expect(account?["calls_made"] == .number("0"))
            #expect(account?["budget_left"] == .number("12"))
            #expect(try gateway.mocks.calls(for: "sunor") == 0)
        }
    }

    @Test func `a cooldown is told with its reason, its hint and its end, and can be cleared`() async throws {
        let folder = try ScratchFolder()
        defer { folder.remove() }
        try await TestGateway.with(
            ["provider: sunor, key: mock-429-retry-after-300"], listen: TestGateway.listening(at: folder.file("b.sock"))
        ) { gateway async throws in
            _ = try await gateway.get("/v1/balances")
            let account = try await gateway.get("/v1/status").json?["accounts"]?[0]
            #expect(account?["hold"]?["kind"]?.text == "cooldown")
            #expect(account?["hold"]?["hint"]?.text == "retry_after_seconds")
            #expect(account?["hold"]?["hint_seconds"] == .number("300"))
            #expect(account?["hold"]?["until"] == account?["next_attempt"])
            #expect(account?["last_failure"]?["code"]?.text == "rate_limited")
            #expect(account?["last_failure"]?["upstream_status"] == .number("429"))
            let until = account?["hold"]?["until"]?.text ?? "none"
            #expect(await gateway.log.contains(#""hold":"cooldown""#))
            #expect(gateway.log.text.contains(#""row":"unavailable","until":"\#(until)""#), "\(gateway.log.text)")

            let cleared = try await gateway.asOperator("/v1/cooldowns/sunor/default", method: .DELETE)
            #expect(cleared.status == 204)
            #expect(try await gateway.get("/v1/status").json?["accounts"]?[0]?["hold"] == .null)
            _ = try await gateway.get("/v1/balances")
            #expect(try gateway.mocks.calls(for: "sunor") == 2)
            #expect(try await gateway.asOperator("/v1/cooldowns/sunor/nobody", method: .DELETE).status == 404)
        }
    }

    @Test func `five failures open the circuit, and the status says so`() async throws {
        try await TestGateway.with(["provider: sunor, key: mock-500"]) { gateway async throws in
            for _ in 0..<8 {
                _ = try await gateway.fresh("/v1/balances")
                gateway.clock.advance(by: .seconds(70))
            }
            let account = try await gateway.get("/v1/status").json?["accounts"]?[0]
            #expect(account?["circuit"]?["state"]?.text == "open")
        }
    }

    @Test func `a reload can be asked for over a Unix socket`() async throws {
        let folder = try ScratchFolder()
        defer { folder.remove() }
        try await TestGateway.with(
            ["provider: sunor, key: mock-ok"], listen: TestGateway.listening(at: folder.file("b.sock"))
        ) { gateway async throws in
            gateway.file.text += "  - {provider: tensorpix, key: mock-ok}\n"
            let answer = try await gateway.asOperator("/admin/reload", method: .POST)
            #expect(answer.status == 200)
            #expect(answer.json?["added"]?[0]?.text == "tensorpix/default")
            gateway.file.text = "listen: nowhere\n"
            let refused = try await gateway.asOperator("/admin/reload", method: .POST)
            #expect(refused.status == 422)
            #expect(refused.json?["problems"]?[0]?.text?.hasPrefix("test.yaml:1:") == true, "\(refused.text)")
        }
    }

    @Test func `a web page of another origin changes nothing, and neither does who is behind a proxy`() async throws {
        let folder = try ScratchFolder()
        defer { folder.remove() }
        try await TestGateway.with(
            ["provider: sunor, key: mock-ok"], listen: TestGateway.listening(at: folder.file("b.sock"))
        ) { gateway async throws in
            let page = try await gateway.asOperator("/admin/reload", method: .POST, ("origin", "https://evil.example"))
            #expect(page.status == 403)
            #expect(page.json?["type"]?.text == "urn:bursar:problem:cross_site")
            let modern = try await gateway.asOperator("/admin/reload", method: .POST, ("sec-fetch-site", "cross-site"))
            #expect(modern.status == 403)
            let proxied = try await gateway.asOperator("/admin/reload", method: .POST, ("x-forwarded-for", "203.0.113.9"))
            #expect(proxied.status == 403)
            #expect(proxied.json?["type"]?.text == "urn:bursar:problem:not_admin")
        }
    }

    // A10: behind a proxy on this machine every visitor is loopback.
    @Test func `A10: without clients nobody changes anything over TCP, loopback included`() async throws {
        try await TestGateway.with(["provider: sunor, key: mock-ok"]) { gateway async throws in
            for (path, method) in [("/admin/reload", HTTPMethod.POST), ("/v1/cooldowns/sunor/default", .DELETE)] {
                let answer = try await gateway.get(path, method: method)
                #expect(answer.status == 403)
                #expect(answer.json?["type"]?.text == "urn:bursar:problem:not_admin")
                // A signal makes it read its configuration, and nothing else.
                #expect(answer.text.contains("SIGHUP") == path.hasPrefix("/admin") && answer.text.contains("admin: true"))
            }
        }
    }

    @Test func `a path that changes something answers its own method only`() async throws {
        try await TestGateway.with(["provider: sunor, key: mock-ok"]) { gateway async throws in
            let reload = try await gateway.get("/admin/reload")
            #expect(reload.status == 405)
            #expect(reload.headers.first(name: "allow") == "POST, OPTIONS")
            let cooldown = try await gateway.get("/v1/cooldowns/sunor/default")
            #expect(cooldown.status == 405)
            #expect(cooldown.headers.first(name: "allow") == "DELETE, OPTIONS")
        }
    }
}
