import BursarCatalog
import BursarModel
import NIOHTTP1
import TestSupport
import Testing

@testable import BursarGateway

/// Clients over real sockets: who gets what, and what they never see.
@Suite struct ClientsTests {
    private static let accounts = [
        "provider: sunor, key: mock-ok", "provider: tensorpix, name: main, key: mock-ok-main",
        "provider: tensorpix, name: second, key: mock-ok-second", "provider: legnext, key: mock-ok"
    ]
    private static let everything = TestClient("everything")
    private static let limited = TestClient("limited")
    private static let twin = TestClient("twin")

    private func with<Result>(
        _ clients: String, settings: String = "", _ body: (TestGateway) async throws -> Result
    ) async throws -> Result {
        try await TestGateway.with(Self.accounts, settings: "clients:\n" + clients + settings, body)
    }

    private static var three: String {
        everything.line() + limited.line(allow: "[sunor, tensorpix/second]") + twin.line(allow: "[tensorpix/second, sunor]")
    }

    @Test func `nobody asks without a token, and health is open all the same`() async throws {
        try await with(Self.three) { gateway async throws in
            for path in ["/v1/balances", "/v1/balances/sunor", "/v1/providers", "/v1/status", "/metrics"] {
                let answer = try await gateway.get(path)
                #expect(answer.status == 401, "\(path)")
                #expect(answer.headers["www-authenticate"] == ["Bearer realm=\"bursar\""])
                #expect(answer.json?["type"] == .string("urn:bursar:problem:unauthorized"))
                #expect(try await gateway.get(path, Self.everything.bearer).status == 200, "\(path)")
            }
            for path in ["/livez", "/readyz", "/", "/page.js", "/openapi.json"] {
                #expect(try await gateway.get(path).status == 200, "\(path)")
            }
            #expect(try await gateway.get("/nothing/here").status == 404)
        }
    }

    @Test func `a wrong token is told apart from none, and says nothing of what there is`() async throws {
        try await with(Self.three) { gateway async throws in
            let wrong = TestClient("nobody").bearer
            let answer = try await gateway.get("/v1/balances", wrong)
            #expect(answer.status == 401)
            #expect(answer.headers["www-authenticate"] == ["Bearer realm=\"bursar\", error=\"invalid_token\""])
            let typo = try await gateway.get("/v1/balances", ("authorization", "Bearer " + Self.everything.mistyped(at: 9)))
            #expect(typo.status == 401 && typo.text.contains("mistyped"))
            // Health must not fail for it, and the description of the interface tells.
            #expect(try await gateway.get("/livez", wrong).status == 200)
            #expect(try await gateway.get("/openapi.json", wrong).status == 401)
            let metrics = try await gateway.get("/metrics", Self.everything.bearer).text
            #expect(metrics.contains("bursar_callers_refused_total{reason=\"unknown\"} 2"))
            #expect(metrics.contains("bursar_callers_refused_total{reason=\"malformed\"} 1"))
        }
    }

    @Test func `what a client may not see does not exist for it`() async throws {
        try await with(Self.three) { gateway async throws in
            let bearer = Self.limited.bearer
            let all = try await gateway.get("/v1/balances", Self.everything.bearer)
            #expect(all.json?["summary"]?["accounts"] == .number("4"))
            let own = try await gateway.get("/v1/balances", bearer)
            #expect(own.json?["summary"]?["accounts"] == .number("2"))
            #expect(own.row(0)?["provider"] == .string("sunor"))
            #expect(own.row(1)?["account"] == .string("second"))
            #expect(all.headers["etag"] != own.headers["etag"])
            for path in ["/v1/balances", "/v1/providers", "/v1/status", "/metrics"] {
                let text = try await gateway.get(path, bearer).text
                #expect(!text.lowercased().contains("legnext") && !text.contains("main"), "\(path): \(text)")
            }
            // Figures that are not told apart by account are those of all accounts.
            let metrics = try await gateway.get("/metrics", bearer).text
            #expect(metrics.contains("bursar_upstream_calls_total{provider=\"sunor\""))
            #expect(!metrics.contains("bursar_upstream_calls_total{provider=\"tensorpix\""))
            #expect(!metrics.contains("http_server_request_duration_seconds"))
        }
    }

    @Test func `a name that it may not see cannot be told from one that nobody has`() async throws {
        try await with(Self.three) { gateway async throws in
            let bearer = Self.limited.bearer
            let pairs = [
                ("/v1/balances/legnext", "/v1/balances/nowhere"),
                ("/v1/balances/tensorpix/main", "/v1/balances/tensorpix/nobody"),
                ("/v1/balances?provider=legnext", "/v1/balances?provider=nowhere"),
                ("/v1/balances?require=legnext", "/v1/balances?require=nowhere"),
                ("/v1/balances?require=tensorpix/main", "/v1/balances?require=tensorpix/nobody"),
                ("/v1/balances?account=main", "/v1/balances?account=nobody"),
                ("/providers/legnext/api/account/balance", "/providers/nowhere/api/account/balance"),
                (
                    "/providers/tensorpix@main/api/accounts/profile/balance/",
                    "/providers/tensorpix@nobody/api/accounts/profile/balance/"
                )
            ]
            for (hidden, absent) in pairs {
                var answers: [TestGateway.Answer] = []
                for path in [hidden, absent] { answers.append(try await gateway.get(path, bearer)) }
                #expect(answers.map(\.status) == [404, 404], "\(hidden)")
                // But for the name that was asked for, which the answer may repeat.
                let asked = [hidden.contains("legnext") ? "legnext" : "main", absent.contains("nowhere") ? "nowhere" : "nobody"]
                let texts = zip(answers, asked).map { Self.withoutID($0.text).replacing("\\\"\($1)\\\"", with: "…") }
                #expect(texts[0] == texts[1], "\(hidden)")
                #expect(!texts[0].lowercased().contains("legnext") && !texts[0].contains("main"))
                let names = answers.map { Set($0.headers.map(\.name)) }
                #expect(names[0] == names[1])
            }
        }
    }

    private static func withoutID(_ text: String) -> Substring { text.prefix { $0 != "}" }.split(separator: "\"request_id\"")[0] }

    @Test func `two clients that may see the same share one ready answer, and others never get it`() async throws {
        try await with(Self.three) { gateway async throws in
            for _ in 0..<3 {
                // Warm, so that the second and third round come out of the table of ready answers.
                let tags = try await [Self.everything, Self.limited, Self.twin].asyncMap {
                    try await gateway.get("/v1/balances", $0.bearer).headers["etag"].first
                }
                #expect(tags[1] == tags[2])
                #expect(tags[0] != tags[1])
                #expect(try await gateway.get("/v1/balances").status == 401)
            }
            // A tag of one scope is not current in another.
            let tag = try #require(try await gateway.get("/v1/balances", Self.everything.bearer).headers["etag"].first)
            #expect(try await gateway.get("/v1/balances", Self.everything.bearer, ("if-none-match", tag)).status == 304)
            #expect(try await gateway.get("/v1/balances", Self.limited.bearer, ("if-none-match", tag)).status == 200)
        }
    }

    @Test func `an answer varies by who asks`() async throws {
        try await with(Self.three) { gateway async throws in
            let routes = ["sunor", "tensorpix"].compactMap { TestGateway.routes[$0] }
            for path in ["/v1/balances", "/v1/providers"] + routes {
                let answer = try await gateway.get(path, Self.everything.bearer)
                let vary = answer.headers["vary"].joined(separator: ", ")
                #expect(vary.contains("authorization") && vary.contains("bursar-token"), "\(path)")
                let names = vary.split(separator: ", ")
                #expect(Set(names).count == names.count, "\(path): \(vary)")
            }
        }
    }

    @Test func `a client whose time is over is refused, also on a connection that repeats its requests`() async throws {
        let client = TestClient("temporary")
        // The test's clock begins at 2026-11-20T22:56:00Z.
        try await with(client.line("expires: '2026-11-20T23:00:00Z'")) { gateway async throws in
            for _ in 0..<3 { #expect(try await gateway.get("/v1/balances", client.bearer).status == 200) }
            gateway.clock.advance(by: .seconds(239))
            #expect(try await gateway.get("/v1/status", client.bearer).status == 200)
            gateway.clock.advance(by: .seconds(1))
            let answer = try await gateway.get("/v1/status", client.bearer)
            #expect(answer.status == 401 && answer.text.contains("time is over"))
        }
    }

    @Test func `a client with a rate is told when to come again, and each request counts`() async throws {
        let client = TestClient("often")
        try await with(client.line("rate: 3/30s") + Self.twin.line()) { gateway async throws in
            for _ in 0..<3 { #expect(try await gateway.get("/v1/balances", client.bearer).status == 200) }
            let answer = try await gateway.get("/v1/balances", client.bearer)
            #expect(answer.status == 429)
            #expect(answer.headers["retry-after"] == ["10"])
            #expect(answer.json?["detail"]?.text == "The client may ask 3 times in 30s, and again in 10 s.")
            #expect(answer.headers["ratelimit"] == ["\"client\";r=0;t=30"])
            #expect(answer.headers["ratelimit-policy"] == ["\"client\";q=3;w=30"])
            // Health costs nothing, and others are not concerned.
            #expect(try await gateway.get("/readyz", client.bearer).status == 200)
            #expect(try await gateway.get("/v1/balances", Self.twin.bearer).status == 200)
            gateway.clock.advance(by: .seconds(10))
            #expect(try await gateway.get("/v1/balances", client.bearer).status == 200)
            #expect(try await gateway.get("/v1/balances", client.bearer).status == 429)
        }
    }

    @Test func `failures wait, and a right token at the same address does not`() async throws {
        try await with(Self.three) { gateway async throws in
            let wrong = TestClient("nobody").bearer
            let clock = ContinuousClock()
            func time(_ header: (String, String)) async throws -> Duration {
                let start = clock.now
                _ = try await gateway.get("/v1/status", header)
                return clock.now - start
            }
            let waits = [try await time(wrong), try await time(wrong), try await time(wrong)]
            #expect(waits[0] >= .milliseconds(100) && waits[1] >= .milliseconds(200) && waits[2] >= .milliseconds(400))
            // The next wait would be 800 ms, for each of them; a machine that is held off is so for one.
            var quickest: Duration = .seconds(60)
            for _ in 0..<5 { quickest = min(quickest, try await time(Self.everything.bearer)) }
            #expect(quickest < .milliseconds(800))
        }
    }

    @Test func `a credential in the query is refused, a client token under any name`() async throws {
        try await with(Self.three) { gateway async throws in
            for query in ["token=x", "x=\(Self.everything.token)", "\(Self.everything.token)"] {
                for headers in [[], [Self.everything.bearer]] {
                    let path = "/v1/balances?" + query
                    let answer = headers.isEmpty ? try await gateway.get(path) : try await gateway.get(path, headers[0])
                    #expect(answer.status == 400 && answer.text.contains("credential_in_query"))
                }
            }
            #expect(!gateway.log.text.contains(Self.everything.token))
        }
    }

    @Test func `only an admin changes something, and only one who sees everything reloads`() async throws {
        let admin = TestClient("admin"), some = TestClient("some")
        try await with(Self.limited.line() + admin.line("admin: true") + some.line(allow: "sunor", "admin: true")) {
            gateway async throws in
            let clear = "/v1/cooldowns/sunor/default"
            #expect(try await gateway.get(clear, method: .DELETE).status == 401)
            #expect(try await gateway.get(clear, method: .DELETE, Self.limited.bearer).status == 403)
            #expect(try await gateway.get(clear, method: .DELETE, admin.bearer).status == 204)
            #expect(try await gateway.get(clear, method: .DELETE, some.bearer).status == 204)
            #expect(try await gateway.get("/v1/cooldowns/legnext/default", method: .DELETE, some.bearer).status == 404)
            #expect(try await gateway.get("/admin/reload", method: .POST).status == 401)
            #expect(try await gateway.get("/admin/reload", method: .POST, Self.limited.bearer).status == 403)
            #expect(try await gateway.get("/admin/reload", method: .POST, some.bearer).status == 403)
            #expect(try await gateway.get("/admin/reload", method: .POST, admin.bearer).status == 200)
            #expect(
                try await gateway.get("/admin/reload", method: .POST, admin.bearer, ("origin", "https://evil.example")).status
                    == 403)
        }
    }

    @Test func `no token is in the log, in whatever state its request was`() async throws {
        try await with(Self.three) { gateway async throws in
            let tokens = [Self.everything.token, Self.limited.token, TestClient("nobody").token, Self.everything.mistyped(at: 20)]
            for token in tokens {
                for path in ["/v1/balances", "/v1/\(token)", "/providers/\(token)/x", TestGateway.routes["sunor"] ?? ""] {
                    for (name, value) in [("authorization", "Bearer \(token)"), ("x-api-key", token), ("bursar-token", token)] {
                        _ = try await gateway.get(path, (name, value))
                        gateway.clock.advance(by: .seconds(121))
                    }
                }
            }
            _ = await gateway.log.contains("/v1/balances")
            for token in tokens { #expect(!gateway.log.text.contains(token.dropFirst(4).prefix(20))) }
        }
    }
}

extension Array {
    fileprivate func asyncMap<Result>(_ change: (Element) async throws -> Result) async rethrows -> [Result] {
        var results: [Result] = []
        for element in self { results.append(try await change(element)) }
        return results
    }
}
