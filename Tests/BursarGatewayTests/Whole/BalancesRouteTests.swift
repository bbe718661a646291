import BursarCatalog
import BursarGateway
import BursarMocks
import BursarModel
import NIOHTTP1
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(3))) struct BalancesRouteTests {
    private static let three = [
        "provider: sunor, key: mock-ok", "provider: sunor, name: second, key: mock-ok~2", "provider: tensorpix, key: mock-401"
    ]

    @Test func `a name that is not configured is told, unless it could be a key`() async throws {
        try await TestGateway.with(["provider: sunor, key: mock-ok", "provider: legnext, key: mock-ok"]) { gateway async throws in
            for path in ["/v1/balances/sunar", "/v1/balances?provider=sunor,sunar", "/v1/balances?require=sunar"] {
                let answer = try await gateway.get(path)
                #expect(answer.status == 404)
                #expect(answer.json?["title"]?.text == "No such provider or account")
                let detail = "No account of \"sunar\" is configured. Providers with accounts: sunor, legnext."
                #expect(answer.json?["detail"]?.text == detail)
            }
            let account = try await gateway.get("/v1/balances/sunor/main").json?["detail"]?.text
            #expect(account == "There is no account \"main\" here. Accounts: sunor/default.")
            for key in ["9f86d081884c7d659a2feaa0c55ad015", "sk-live-5kq9ztr2xw8vn4mb7cj3"] {
                for path in ["/v1/balances/\(key)", "/v1/balances?provider=\(key)", "/v1/balances/sunor/\(key)"] {
                    let answer = try await gateway.get(path)
                    #expect(answer.status == 404 && !answer.text.contains(key.suffix(8)))
                }
            }
        }
    }

    @Test func `a filter for another provider than the path's is refused the same for every name`() async throws {
        try await TestGateway.with(Self.three) { gateway async throws in
            for name in ["sunor", "nobody"] {
                let answer = try await gateway.get("/v1/balances/tensorpix?provider=\(name)")
                #expect(answer.status == 404)
                #expect(answer.json?["detail"]?.text == "This path is about tensorpix; leave provider= out.", "\(answer.text)")
            }
        }
    }

    @Test func `filters choose rows, and an unknown name says what exists`() async throws {
        try await TestGateway.with(Self.three) { gateway async throws in
            #expect(try await gateway.get("/v1/balances?provider=sunor").json?["balances"]?.elements?.count == 2)
            #expect(try await gateway.get("/v1/balances/sunor").json?["balances"]?.elements?.count == 2)
            #expect(try await gateway.get("/v1/balances/sunor/second").json?["balances"]?.elements?.count == 1)
            #expect(try await gateway.get("/v1/balances?account=second").row(0)?["account"] == "second")
            let unknown = try await gateway.get("/v1/balances?provider=sunnor")
            #expect(unknown.status == 404)
            #expect(unknown.headers.first(name: "content-type") == "application/problem+json")
            #expect(unknown.text.contains("sunor, tensorpix"))
            #expect(try await gateway.get("/v1/balances/sunor/third").status == 404)
            let misspelt = try await gateway.get("/v1/balances?providers=sunor")
            #expect(misspelt.status == 400)
            #expect(misspelt.text.contains("provider, account, require, pretty"))
        }
    }

    @Test func `what is required must be fresh`() async throws {
        try await TestGateway.with(Self.three) { gateway async throws in
            #expect(try await gateway.get("/v1/balances?require=sunor").status == 200)
            #expect(try await gateway.get("/v1/balances?require=sunor/second").status == 200)
            let unmet = try await gateway.get("/v1/balances?require=sunor,tensorpix")
            #expect(unmet.status == 503)
            #expect(unmet.json?["type"] == "urn:bursar:problem:requirement_unmet")
            #expect(unmet.json?["balances"]?.elements?.count == 3)
            #expect(try await gateway.get("/v1/balances?require=legnext").status == 404)
        }
    }

    @Test func `what is required and stale is asked again and waited for, also where it is not shown`() async throws {
        try await TestGateway.with(Self.three) { gateway async throws in
            #expect(try await gateway.get("/v1/balances").status == 200)
            for path in ["/v1/balances?require=sunor", "/v1/balances/sunor/second?require=sunor/default"] {
                gateway.clock.advance(by: .seconds(31))
                let calls = try gateway.mocks.calls(for: "sunor")
                let answer = try await gateway.get(path)
                #expect(answer.status == 200, "\(answer.text)")
                #expect(try gateway.mocks.calls(for: "sunor") > calls)
            }
        }
    }

    @Test func `a partial answer is 200, says so, and is not stored`() async throws {
        try await TestGateway.with(Self.three) { gateway async throws in
            let answer = try await gateway.get("/v1/balances")
            #expect(answer.status == 200)
            #expect(answer.json?["complete"] == false)
            #expect(answer.headers.first(name: "bursar-complete") == "false")
            #expect(answer.headers.first(name: "cache-control") == "no-store")
            #expect(answer.row(2)?["available"] == .null)
        }
    }

    @Test func `only-if-cached asks nobody`() async throws {
        try await TestGateway.with(Self.three) { gateway async throws in
            let nothing = try await gateway.get("/v1/balances", ("cache-control", "only-if-cached"))
            #expect(nothing.status == 504)
            let route = try await gateway.get(TestGateway.routes["sunor"] ?? "", ("cache-control", "only-if-cached"))
            #expect(route.status == 504)
            #expect(try gateway.mocks.calls(for: "sunor") == 0)
            _ = try await gateway.get("/v1/balances")
            let held = try await gateway.get("/v1/balances", ("cache-control", "only-if-cached"))
            #expect(held.status == 200)
            #expect(try gateway.mocks.calls(for: "sunor") == 2)
        }
    }

    @Test func `no-cache and max-age ask again, a plain read past its ttl gets the old value at once and a refresh behind`()
        async throws
    {
        // A key that names no scenario: it gets what is set.
        try await TestGateway.with(["provider: sunor, key: demo"]) { gateway async throws in
            try gateway.mocks.set(#require(MockScenario("drift")), for: "sunor")
            let first = try await gateway.fresh("/v1/balances").row(0)?["available"]
            let second = try await gateway.get("/v1/balances", ("cache-control", "no-cache")).row(0)?["available"]
            #expect(first != second)
            gateway.clock.advance(by: .seconds(10))
            #expect(try await gateway.get("/v1/balances", ("cache-control", "max-age=20")).row(0)?["available"] == second)
            #expect(try gateway.mocks.calls(for: "sunor") == 2)
            #expect(try await gateway.get("/v1/balances", ("cache-control", "max-age=5")).row(0)?["available"] != second)
            #expect(try gateway.mocks.calls(for: "sunor") == 3)

            // It does not land before the row is made, which would be fresh by it.
            try gateway.mocks.set(.hang, for: "sunor")
            gateway.clock.advance(by: .seconds(31))
            let stale = try await gateway.fresh("/v1/balances")
            #expect(stale.row(0)?["status"] == "stale")
            #expect(stale.row(0)?["problem"] == .null)
            try await gateway.mocks.waitForCalls(4, for: "sunor")
        }
    }

    @Test func `Prefer wait bounds the wait, and the others' rows are served`() async throws {
        try await TestGateway.with(["provider: sunor, key: mock-hang", "provider: tensorpix, key: mock-ok"]) {
            gateway async throws in
            async let pending = gateway.get("/v1/balances", ("prefer", "wait=1"))
            try await gateway.mocks.waitForCalls(1, for: "sunor")
            while try await gateway.get("/v1/balances/tensorpix", ("cache-control", "only-if-cached")).status != 200 {}
            gateway.clock.advance(by: .seconds(1))
            let answer = try await pending
            #expect(answer.status == 200)
            #expect(answer.json?["complete"] == false)
            #expect(answer.row(0)?["problem"]?["code"] == "timeout")
            #expect(answer.row(1)?["status"] == "fresh")
            // The call goes on: nobody asks a second time for the same credential.
            _ = try await gateway.get("/v1/balances/sunor", ("cache-control", "only-if-cached"))
            #expect(try gateway.mocks.calls(for: "sunor") == 1)
        }
    }

    @Test func `whoever joins a call that is overdue waits no longer than a call may take`() async throws {
        try await TestGateway.with(["provider: sunor, key: mock-hang, timeout: 5s"]) { gateway async throws in
            async let first = gateway.get("/v1/balances")
            try await gateway.mocks.waitForCalls(1, for: "sunor")
            gateway.clock.advance(by: .seconds(6))
            #expect(try await first.status == 504)
            // The call hangs on, and the pause behind its failure is over.
            gateway.clock.advance(by: .seconds(3))
            let before = gateway.clock.scheduledCount
            async let second = gateway.get("/v1/balances", ("cache-control", "no-cache"))
            try await eventually { gateway.clock.scheduledCount != before }
            gateway.clock.advance(by: .seconds(6))
            #expect(try await second.status == 504)
            #expect(try gateway.mocks.calls(for: "sunor") == 1)
        }
    }

    @Test func `a filter that contradicts the path is no empty list`() async throws {
        try await TestGateway.with(Self.three) { gateway async throws in
            #expect(try await gateway.get("/v1/balances/sunor?provider=sunor").status == 200)
            for path in ["/v1/balances/sunor?provider=tensorpix", "/v1/balances/sunor/second?account=default"] {
                #expect(try await gateway.get(path).status == 404)
            }
        }
    }

    @Test func `the same rows have the same tag, whoever asked, and however`() async throws {
        try await TestGateway.with(["provider: sunor, key: mock-ok", "provider: tensorpix, key: mock-ok"]) {
            gateway async throws in
            for path in ["/v1/balances", "/v1/balances?provider=sunor", "/v1/balances?pretty", "/v1/balances?limit=1"] {
                let tag = try #require(try await gateway.get(path).headers.first(name: "etag"))
                gateway.clock.advance(by: .seconds(1))
                #expect(try await gateway.fresh(path).headers.first(name: "etag") == tag)
                #expect(try await gateway.get(path, ("if-none-match", tag)).status == 304)
                #expect(try await gateway.get(path, ("if-none-match", tag), ("cache-control", "max-age=20")).status == 304)
            }
            let (one, two) = (
                try await gateway.get("/v1/balances/sunor"),
                try await gateway.get("/v1/balances/sunor", ("cache-control", "no-cache"))
            )
            #expect(one.headers.first(name: "etag") != two.headers.first(name: "etag"), "another reading is another answer")
        }
    }

    @Test func `the table has the rows, the status and the reason of the JSON`() async throws {
        try await TestGateway.with(["provider: sunor, key: mock-401"]) { gateway async throws in
            let table = try await gateway.get("/v1/balances", ("accept", "text/plain"))
            #expect(table.status == 502)
            #expect(table.headers.first(name: "content-type") == "text/plain; charset=utf-8")
            #expect(table.text.hasPrefix("PROVIDER"))
            #expect(table.headers.first(name: "cache-status") == "bursar; fwd=miss")
        }
        try await TestGateway.with(["provider: sunor, key: mock-hang", "provider: tensorpix, key: mock-ok"]) {
            gateway async throws in
            _ = try await gateway.get("/v1/balances/tensorpix")
            let table = try await gateway.get("/v1/balances", ("accept", "text/plain"), ("prefer", "wait=0"))
            #expect(table.status == 200)
            #expect(table.text.contains("did not answer in time"), "\(table.text)")
        }
    }

    @Test func `Cache-Status says why a provider was asked, on a list as on a provider route`() async throws {
        try await TestGateway.with(["provider: sunor, key: abcdefgh-1"]) { gateway async throws in
            func status(_ path: String, _ field: (String, String)...) async throws -> String? {
                let answer = try await gateway.get(path, field.first ?? ("x-a", "b"))
                return answer.headers.first(name: "cache-status")
            }
            let newest = ("cache-control", "no-cache")
            #expect(try await status("/v1/balances", newest) == "bursar; fwd=miss; stored")
            #expect(try await status("/v1/balances", newest) == "bursar; fwd=request; stored")
            #expect(try await status("/v1/balances?require=sunor", newest) == "bursar; fwd=request; stored")
            #expect(try await status(TestGateway.routes["sunor"] ?? "", newest) == "bursar; fwd=request; fwd-status=200; stored")
            gateway.clock.advance(by: .seconds(31))
            #expect(try await status("/v1/balances?require=sunor") == "bursar; fwd=stale; stored")
            #expect(try await status("/v1/balances") == "bursar; hit")
            try gateway.mocks.set(#require(MockScenario("500")), for: "sunor")
            let last = try await status("/v1/balances", newest)
            #expect(last == "bursar; fwd=request")
        }
    }

    @Test func `the table is for people, and pretty JSON is the same JSON`() async throws {
        try await TestGateway.with(["provider: sunor, key: mock-ok"]) { gateway async throws in
            let plain = try await gateway.get("/v1/balances")
            let table = try await gateway.get("/v1/balances", ("accept", "text/plain"))
            #expect(table.headers.first(name: "content-type") == "text/plain; charset=utf-8")
            #expect(table.text.hasPrefix("PROVIDER"))
            #expect(table.text.contains("950"))
            let pretty = try await gateway.get("/v1/balances?pretty")
            #expect(pretty.text.contains("\n  \"schema\""))
            #expect(pretty.json?["balances"] == plain.json?["balances"])
            #expect(plain.headers["vary"].joined().lowercased().contains("accept"))
        }
    }

    @Test func `low is the account's limit, else what the provider says, else unknown`() async throws {
        try await TestGateway.with([
            "provider: sunor, key: mock-balance-49.99, low: 50", "provider: tensorpix, key: mock-balance-50.00, low: 50",
            "provider: legnext, key: mock-low", "provider: hyper3d, key: mock-ok"
        ]) { gateway async throws in
            let answer = try await gateway.get("/v1/balances")
            #expect((0..<4).map { answer.row($0)?["low"] } == [true, false, true, .null])
        }
    }

    @Test func `callers who say no-cache in a loop cannot spend a provider's patience`() async throws {
        try await TestGateway.with(["provider: tensorpix, key: mock-drift", "provider: sunor, key: mock-drift"]) {
            gateway async throws in
            var last: TestGateway.Answer?
            for _ in 0..<70 { last = try await gateway.get("/v1/balances", ("cache-control", "no-cache")) }
            #expect(last?.status == 200)
            #expect(last?.row(0)?["status"] == "fresh")
            // Nothing documented: one a second on average. Documented 120 a minute: a tenth of it.
            #expect(try gateway.mocks.calls(for: "tensorpix") == 60)
            #expect(try gateway.mocks.calls(for: "sunor") == 12)
        }
    }

    @Test func `no account is an empty list, not an error`() async throws {
        try await TestGateway.with([]) { gateway async throws in
            let answer = try await gateway.get("/v1/balances")
            #expect(answer.status == 200)
            #expect(answer.json?["complete"] == true)
            #expect(answer.json?["balances"] == .array([]))
        }
    }

    @Test func `gzip is served to who accepts it`() async throws {
        try await TestGateway.with(TestGateway.five) { gateway async throws in
            _ = try await gateway.get("/v1/balances")
            let zipped = try await gateway.get("/v1/balances", ("accept-encoding", "gzip"))
            let plain = try await gateway.get("/v1/balances")
            #expect(zipped.headers.first(name: "content-encoding") == "gzip")
            #expect(zipped.headers.first(name: "etag") != plain.headers.first(name: "etag"))
            #expect(zipped.bytes.count < plain.bytes.count)
        }
    }

    @Test func `who refuses every form there is gets 406`() async throws {
        try await TestGateway.with(TestGateway.five) { gateway async throws in
            _ = try await gateway.get("/v1/balances")
            let refused = try await gateway.get("/v1/balances", ("accept-encoding", "identity;q=0, br"))
            #expect(refused.status == 406)
            #expect(refused.json?["type"] == "urn:bursar:problem:not_acceptable")
            #expect(try await gateway.get("/v1/balances", ("accept-encoding", "identity;q=0, gzip")).status == 200)
            #expect(try await gateway.get("/livez", ("accept-encoding", "identity;q=0")).status == 200)
        }
    }

    @Test func `answers that a connection repeats are counted like any other`() async throws {
        try await TestGateway.with(TestGateway.five, settings: "log: {access: false}") { gateway async throws in
            for _ in 0..<7 { _ = try await gateway.get("/v1/balances") }
            let metrics = try await gateway.get("/metrics").text
            let series =
                #"http_request_method="GET",http_route="/v1/balances",http_response_status_code="200","#
                + #"url_scheme="http",network_protocol_version="1.1"} 7"#
            #expect(metrics.contains("http_server_request_duration_seconds_count{\(series)\n"), "\(metrics)")
        }
    }
}
