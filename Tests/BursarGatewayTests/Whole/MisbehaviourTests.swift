import BursarCatalog
import BursarGateway
import BursarMocks
import BursarModel
import NIOHTTP1
import TestSupport
import Testing

/// Contract, section 5: each row cold and with a last good reading, over real sockets.
@Suite struct MisbehaviourTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let scenario: String
        let code: String
        let upstreamStatus: Int?
        /// What the provider route answers when nothing is held.
        let routeStatus: Int
        /// What `/v1/balances` answers when this is its only account.
        let listStatus: Int
        /// Not asked again before this has passed; nil: asked by the next request.
        let quietFor: Duration
        var testDescription: String { scenario }

        init(_ scenario: String, _ code: String, _ upstream: Int?, route: Int, list: Int, quietFor: Duration) {
            (self.scenario, self.code, self.upstreamStatus, self.routeStatus) = (scenario, code, upstream, route)
            (self.listStatus, self.quietFor) = (list, quietFor)
        }
    }

    static let rows = [
        Row("429-retry-after-40", "rate_limited", 429, route: 429, list: 503, quietFor: .seconds(40)),
        Row("429-retry-after-0", "rate_limited", 429, route: 429, list: 503, quietFor: .seconds(30)),
        Row("429", "rate_limited", 429, route: 429, list: 503, quietFor: .seconds(30)),
        Row("429-text-17", "rate_limited", 429, route: 429, list: 503, quietFor: .seconds(17)),
        Row("429-ratelimit-30", "rate_limited", 429, route: 429, list: 503, quietFor: .seconds(30)),
        Row("503-retry-after-20", "upstream_error", 503, route: 503, list: 503, quietFor: .seconds(20)),
        Row("401", "unauthorized", 401, route: 401, list: 502, quietFor: .seconds(300)),
        Row("403", "forbidden", 403, route: 403, list: 502, quietFor: .seconds(300)),
        Row("500", "upstream_error", 500, route: 500, list: 502, quietFor: .seconds(1)),
        Row("503", "upstream_error", 503, route: 503, list: 502, quietFor: .seconds(1)),
        Row("reset", "unreachable", nil, route: 502, list: 502, quietFor: .seconds(1)),
        Row("truncated", "invalid_response", 200, route: 502, list: 502, quietFor: .seconds(1)),
        Row("truncated-json", "invalid_response", 200, route: 502, list: 502, quietFor: .seconds(1)),
        Row("html", "invalid_response", 200, route: 502, list: 502, quietFor: .seconds(1)),
        Row("wrong-types", "invalid_response", 200, route: 502, list: 502, quietFor: .seconds(1)),
        Row("duplicate-keys", "invalid_response", 200, route: 502, list: 502, quietFor: .seconds(1)),
        Row("huge", "invalid_response", 200, route: 502, list: 502, quietFor: .seconds(1)),
        Row("gzip-bomb", "invalid_response", 200, route: 502, list: 502, quietFor: .seconds(1)),
        Row("bad-gzip", "invalid_response", 200, route: 502, list: 502, quietFor: .seconds(1)),
        Row("error-inside-200-503", "upstream_error", 200, route: 503, list: 502, quietFor: .seconds(1)),
        Row("redirect", "upstream_error", 302, route: 502, list: 502, quietFor: .seconds(1))
    ]

    @Test(arguments: rows)
    func `cold: the row says why, the route has its status, and nobody knocks before it is time`(row: Row) async throws {
        try await TestGateway.with(["provider: sunor, key: demo"]) { gateway async throws in
            try gateway.mocks.set(#require(MockScenario(row.scenario)), for: "sunor")
            let list = try await gateway.fresh("/v1/balances")
            #expect(list.status == row.listStatus, "\(list.text)")
            let shown = try #require(list.row(0))
            #expect(shown["status"] == "unavailable")
            #expect(shown["available"] == .null)
            #expect(shown["problem"]?["code"]?.text == row.code)
            #expect(shown["problem"]?["upstream_status"]?.integer == row.upstreamStatus)

            let calls = try gateway.mocks.calls(for: "sunor")
            let route = try await gateway.fresh(TestGateway.routes["sunor"] ?? "")
            #expect(route.status == row.routeStatus, "\(route.text)")
            if row.code == "invalid_response" || row.code == "unreachable" {
                // Bursar's own finding: it must not look as if the provider had said it.
                #expect(route.headers.first(name: "content-type") == "application/problem+json")
                #expect(route.json?["type"]?.text == "urn:bursar:problem:\(row.code)")
            }
            if row.routeStatus == 429 { #expect(Int(route.headers.first(name: "retry-after") ?? "") ?? 0 >= 1) }
            if row.listStatus == 503 { #expect(Int(list.headers.first(name: "retry-after") ?? "") ?? 0 >= 1) }
            for demand in ["no-cache", "max-age=0"] { _ = try await gateway.get("/v1/balances", ("cache-control", demand)) }
            #expect(try gateway.mocks.calls(for: "sunor") == calls, "asked inside the hold")

            gateway.clock.advance(by: row.quietFor - .milliseconds(10))
            _ = try await gateway.get("/v1/balances", ("cache-control", "no-cache"))
            #expect(try gateway.mocks.calls(for: "sunor") == calls, "asked inside the hold")

            // Jitter only delays, and never beyond the double.
            gateway.clock.advance(by: row.quietFor + .seconds(1))
            try gateway.mocks.reset("sunor")
            let recovered = try await gateway.get("/v1/balances", ("cache-control", "no-cache"))
            #expect(recovered.row(0)?["status"] == "fresh")
            #expect(recovered.row(0)?["problem"] == .null)
        }
    }

    @Test(arguments: rows)
    func `with a last good reading: stale and marked, but never after a rejected key`(row: Row) async throws {
        try await TestGateway.with(["provider: sunor, key: demo"]) { gateway async throws in
            let good = try await gateway.fresh(TestGateway.routes["sunor"] ?? "")
            #expect(good.status == 200)
            gateway.clock.advance(by: .seconds(31))
            try gateway.mocks.set(#require(MockScenario(row.scenario)), for: "sunor")
            let list = try await gateway.get("/v1/balances", ("cache-control", "no-cache"))
            let route = try await gateway.fresh(TestGateway.routes["sunor"] ?? "")
            let shown = try #require(list.row(0))
            #expect(shown["problem"]?["code"]?.text == row.code)
            if row.code == "unauthorized" || row.code == "forbidden" {
                #expect(shown["status"] == "unavailable")
                #expect(shown["available"] == .null)
                #expect(route.status == row.routeStatus)
                // A request's id has any digits.
                let told = route.text.replacing(route.json?["request_id"]?.text ?? "", with: "")
                #expect(!told.contains("950"))
            } else {
                #expect(list.status == 200)
                #expect(shown["status"] == "stale")
                #expect(shown["available"] == "950")
                #expect(list.headers.first(name: "bursar-complete") == "true")
                #expect(list.headers.first(name: "cache-control") == "private, max-age=0")
                #expect(route.status == 200)
                #expect(route.bytes == good.bytes)
                #expect(route.headers.first(name: "cache-status") == "bursar; hit; ttl=-1; detail=\(row.code)")
                #expect(["30", "31"].contains(route.headers.first(name: "age")))
            }
        }
    }

    @Test func `too slow: the callers get a timeout, and the late answer still lands`() async throws {
        try await TestGateway.with(["provider: sunor, key: demo, timeout: 2s"]) { gateway async throws in
            try gateway.mocks.set(.hang, for: "sunor")
            async let pending = gateway.fresh("/v1/balances")
            try await gateway.mocks.waitForCalls(1, for: "sunor")
            gateway.clock.advance(by: .seconds(2))
            let list = try await pending
            #expect(list.status == 504)
            #expect(list.row(0)?["problem"]?["code"] == "timeout")
        }
    }

    @Test func `five failures in a row open the circuit, one probe closes it`() async throws {
        try await TestGateway.with(["provider: sunor, key: demo"]) { gateway async throws in
            try gateway.mocks.set(.status(500), for: "sunor")
            var answer = try await gateway.fresh("/v1/balances")
            for _ in 0..<8 where answer.row(0)?["problem"]?["code"] != "circuit_open" {
                gateway.clock.advance(by: .seconds(20))
                answer = try await gateway.get("/v1/balances", ("cache-control", "no-cache"))
            }
            #expect(answer.status == 503)
            #expect(answer.row(0)?["problem"]?["code"] == "circuit_open")
            #expect(Int(answer.headers.first(name: "retry-after") ?? "") ?? 0 >= 1)
            let route = try await gateway.fresh(TestGateway.routes["sunor"] ?? "")
            #expect(route.status == 503)
            #expect(route.headers.first(name: "retry-after") != nil)

            try gateway.mocks.reset("sunor")
            gateway.clock.advance(by: .seconds(61))
            let recovered = try await gateway.get("/v1/balances", ("cache-control", "no-cache"))
            #expect(recovered.row(0)?["status"] == "fresh")
        }
    }

    @Test func `C11: the row and the status say why nobody could be reached`() async throws {
        try await TestGateway.with(["provider: sunor, key: mock-ok, base_url: 'http://127.0.0.1:1'"]) { gateway async throws in
            let row = try await gateway.fresh("/v1/balances").row(0)
            #expect(row?["problem"]?["code"] == "unreachable")
            #expect(row?["problem"]?["reason"] == "connection_refused")
            let status = try await gateway.get("/v1/status").json?["accounts"]?[0]
            #expect(status?["last_failure"]?["code"] == "unreachable")
            #expect(status?["last_failure"]?["reason"] == "connection_refused")
        }
    }

    @Test func `a refused connection is unreachable`() async throws {
        let mocks = try await MockProviders.start(port: LocalProgram.freePort())
        let gateway = try await TestGateway.start(["provider: sunor, key: demo"], mocks: mocks)
        await mocks.stop()
        let list = try await gateway.fresh("/v1/balances")
        #expect(list.status == 502)
        #expect(list.row(0)?["problem"]?["code"] == "unreachable")
        let route = try await gateway.fresh(TestGateway.routes["sunor"] ?? "")
        #expect(route.status == 502)
        #expect(route.headers.first(name: "proxy-status")?.contains("destination_unavailable") == true)
        try await gateway.stop()
    }
}
