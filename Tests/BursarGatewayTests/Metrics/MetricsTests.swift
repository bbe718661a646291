import BursarCatalog
import BursarHTTP
import BursarMocks
import Foundation
import NIOCore
import NIOHTTP1
import TestSupport
import Testing

@testable import BursarGateway

/// What `/metrics` says, and what docs/monitoring/README.md says that it says.
@Suite(.timeLimit(.minutes(3)))
struct MetricsTests {
    private static let root = URL(filePath: #filePath).appending(path: "../../../../").standardizedFileURL

    /// A gateway that has seen something of everything: two weeks of spending, a key that was rejected, a provider that asked to wait,
    /// somebody who is told of alerts.
    static func withHistory(_ body: (TestGateway, ScratchFolder) async throws -> Void) async throws {
        let folder = try ScratchFolder()
        defer { folder.remove() }
        let accounts = [
            "provider: sunor, key: a-key-that-names-no-scenario, low: 5", "provider: tensorpix, key: mock-401",
            "provider: legnext, key: mock-429-retry-after-300", "provider: hyper3d, key: mock-ok, alerts: [{below: 1}]"
        ]
        let settings = """
            store: sqlite:\(folder.file("bursar.db"))
            targets: [{name: ops, kind: command, command: [/bin/true]}]
            """
        let listen = "['127.0.0.1:0', 'unix:\(folder.file("s"))']"
        try await TestGateway.with(accounts, listen: listen, settings: settings) { gateway async throws in
            var left = 10_000
            for hour in 0..<(24 * 8) {
                left -= 20 + hour % 7
                try gateway.mocks.set(#require(MockScenario("balance-\(left)")), for: "sunor")
                _ = try await gateway.get("/v1/balances/sunor/default", ("cache-control", "no-cache"))
                gateway.clock.advance(by: .seconds(3_600))
            }
            _ = try await gateway.get("/v1/balances", ("cache-control", "no-cache"))
            try await gateway.stored()
            let runway = try await gateway.get("/v1/balances/sunor?include=runway").row(0)?["runway"]?[0]
            #expect(runway?["status"]?.text == "burning", "\(String(describing: runway))")
            _ = try await gateway.get("/no/such/path")
            let test = try await gateway.asOperator("/v1/alerts/test", method: .POST)
            #expect(test.json?["targets"]?[0]?["outcome"]?.text == "delivered", "\(test.text)")
            try await body(gateway, folder)
        }
    }

    @Test func `every family is documented, with its type, and nothing else is`() async throws {
        try await Self.withHistory { gateway, _ in
            let types = try await gateway.get("/metrics").text.matches(of: /(?m)^# TYPE (\S+) (\S+)$/)
                .map { "\($0.1) \($0.2)" }
            let page = try String(contentsOf: Self.root.appending(path: "docs/monitoring/README.md"), encoding: .utf8)
            let documented = page.matches(of: /(?m)^\| `([a-z0-9_]+)` \| (counter|gauge|histogram) \|/).map { "\($0.1) \($0.2)" }
            #expect(Set(types).count == types.count)
            #expect(types.sorted() == documented.sorted())
        }
    }

    @Test func `every sample has the documented labels, and no other`() async throws {
        try await Self.withHistory { gateway, _ in
            let page = try String(contentsOf: Self.root.appending(path: "docs/monitoring/README.md"), encoding: .utf8)
            var labels: [String: (all: Set<String>, needed: Set<String>)] = [:]
            for row in page.matches(of: /(?m)^\| `([a-z0-9_]+)` \| (?:counter|gauge|histogram) \| ([^|]*)\|/) {
                let all = Set(row.2.matches(of: /`([a-z0-9_]+)`/).map { String($0.1) })
                let optional = Set(row.2.matches(of: /\[`([a-z0-9_]+)`\]/).map { String($0.1) })
                labels[String(row.1)] = (all, all.subtracting(optional))
            }
            for line in try await gateway.get("/metrics").text.split(separator: "\n") where !line.hasPrefix("#") {
                let sample = try #require(
                    line.firstMatch(of: /^([a-z0-9_]+?)(?:_bucket|_sum|_count)?(?:\{(.*)\})? \S+$/), "\(line)")
                let named = Set((sample.2 ?? "").matches(of: /([a-z0-9_]+)="/).map { String($0.1) }).subtracting(["le"])
                let known = try #require(labels[String(sample.1)], "\(line)")
                #expect(named.isSubset(of: known.all) && named.isSuperset(of: known.needed), "\(line)")
            }
        }
    }

    @Test(.enabled(if: LocalProgram.has("promtool"), "promtool is not installed"))
    func `promtool has nothing to say about the metrics, the rules and their tests`() async throws {
        try await Self.withHistory { gateway, folder in
            let file = try folder.write(try await gateway.get("/metrics").text, to: "metrics.txt")
            let metrics = try await LocalProgram.run("sh", ["-c", "/usr/bin/promtool check metrics < '\(file)'"])
            #expect(metrics.status == 0 && metrics.complaint.isEmpty, "\(metrics.text)\(metrics.complaint)")
        }
        let docs = Self.root.appending(path: "docs/monitoring").path()
        for arguments in [
            ["check", "rules", docs + "/bursar.rules.yml"], ["check", "config", docs + "/prometheus.yml"],
            ["test", "rules", docs + "/bursar.rules.test.yml"]
        ] {
            let output = try await LocalProgram.run("promtool", arguments)
            #expect(output.status == 0, "\(output.text)\(output.complaint)")
        }
    }

    @Test(.enabled(if: LocalProgram.has("promtool"), "promtool is not installed"))
    func `the rules' tests can fail: without what keeps an absent series, one does`() async throws {
        let folder = try ScratchFolder()
        defer { folder.remove() }
        let docs = Self.root.appending(path: "docs/monitoring")
        let rules = try String(contentsOf: docs.appending(path: "bursar.rules.yml"), encoding: .utf8)
        let tests = try String(contentsOf: docs.appending(path: "bursar.rules.test.yml"), encoding: .utf8)
        _ = try folder.write(
            rules.replacing("last_over_time(bursar_account_low[6h])", with: "bursar_account_low"), to: "bursar.rules.yml")
        let file = try folder.write(tests, to: "bursar.rules.test.yml")
        #expect(try await LocalProgram.run("promtool", ["test", "rules", file]).status == 1)
    }

    @Test func `times are times, and what is over is absent`() async throws {
        try await TestGateway.with([
            "provider: sunor, key: mock-ok", "provider: legnext, key: mock-429-retry-after-300",
            "provider: tensorpix, key: mock-401"
        ]) { gateway async throws in
            _ = try await gateway.get("/v1/balances")
            let metrics = try await gateway.get("/metrics").text
            let labels = #"{provider="sunor",account="default"}"#
            #expect(metrics.contains("bursar_balance_fetched_timestamp_seconds\(labels) 1795215360\n"))
            #expect(
                metrics.contains(
                    #"bursar_cooldown_until_timestamp_seconds{provider="legnext",account="default",hold="cooldown"} 1795215660"#))
            #expect(metrics.contains(#"account="default",hold="rejected_key"} 1795215660"#))
            #expect(!metrics.contains("_runway_earliest_timestamp_seconds{"))
            gateway.clock.advance(by: .seconds(301))
            #expect(!(try await gateway.get("/metrics").text.contains("bursar_cooldown_until_timestamp_seconds{")))
        }
    }

    @Test func `calls are told by server and status, and several providers at one server are one series`() async throws {
        try await TestGateway.with([
            "provider: sunor, key: mock-ok", "provider: legnext, key: mock-ok", "provider: tensorpix, key: mock-418",
            "provider: hyper3d, key: mock-reset"
        ]) { gateway async throws in
            _ = try await gateway.get("/v1/balances")
            let metrics = try await gateway.get("/metrics").text
            let port = try #require(gateway.mocks.url.split(separator: ":").last)
            let server = #"{http_request_method="GET",server_address="127.0.0.1",server_port="\#(port)""#
            #expect(
                metrics.contains(
                    "http_client_request_duration_seconds_count\(server),http_response_status_code=\"200\"} 2\n"), "\(metrics)")
            #expect(metrics.contains("\(server),http_response_status_code=\"400\",error_type=\"400\"}"))
            #expect(metrics.contains("\(server),error_type=\"connection_reset\"}"))
            #expect(metrics.contains(#"bursar_upstream_failures_total{provider="tensorpix",code="upstream_error"} 1"#))
            #expect(metrics.contains(#"bursar_upstream_calls_total{provider="sunor"} 1"#))
            #expect(!metrics.contains(#"bursar_upstream_failures_total{provider="sunor""#))
        }
    }

    @Test func `each request is in one series, by route and never by path, repeated or not`() async throws {
        try await TestGateway.with(["provider: sunor, key: mock-ok"]) { gateway async throws in
            for _ in 0..<10 { _ = try await gateway.get("/v1/balances") }
            _ = try await gateway.get("/v1/balances/sunor/default")
            _ = try await gateway.get("/v1/balances/sunor/nobody")
            _ = try await gateway.get("/a-caller-s-text")
            _ = try await gateway.get("/v1/balances", method: .RAW(value: "BREW"))
            let metrics = try await gateway.get("/metrics").text
            func count(_ method: String, _ route: String?, _ status: Int) -> Int {
                let pattern =
                    #"http_server_request_duration_seconds_count{http_request_method="\#(method)","#
                    + (route.map { #"http_route="\#($0)","# } ?? "") + #"http_response_status_code="\#(status)","#
                return metrics.split(separator: "\n").filter { $0.hasPrefix(pattern) }
                    .compactMap { $0.split(separator: " ").last.flatMap { Int($0) } }.reduce(0, +)
            }
            let balances = metrics.split(separator: "\n").filter {
                $0.hasPrefix("http_server_request_duration_seconds_count") && $0.contains(#"http_route="/v1/balances"#)
                    && $0.contains(#"code="200""#)
            }.compactMap { $0.split(separator: " ").last.flatMap { Int($0) } }.reduce(0, +)
            #expect(balances == 11)
            #expect(count("GET", nil, 404) == 1)
            #expect(metrics.contains(#"http_request_method="_OTHER""#))
            for text in ["nobody", "a-caller-s-text", "BREW"] { #expect(!metrics.contains(text)) }
            #expect(metrics.contains("bursar_cache_requests_total 11\n"))
            #expect(metrics.contains("bursar_cache_hits_total 10\n"))
            #expect(metrics.contains("bursar_cache_stale_total 0\n"))
            // The scrape itself.
            #expect(metrics.contains(#"http_server_active_requests{http_request_method="GET",url_scheme="http"} 1"#))
            #expect(try await gateway.get("/metrics").text.contains(#"url_scheme="http"} 1"#))
        }
    }

    @Test func `a stale answer from memory is a hit that is stale`() async throws {
        // A key that names no scenario: it gets what is set.
        try await TestGateway.with(["provider: sunor, key: demo, ttl: 30s"]) { gateway async throws in
            _ = try await gateway.get("/v1/balances")
            try gateway.mocks.set(#require(MockScenario("hang")), for: "sunor")
            gateway.clock.advance(by: .seconds(60))
            _ = try await gateway.fresh("/v1/balances")
            let metrics = try await gateway.get("/metrics").text
            #expect(metrics.contains("bursar_cache_hits_total 1\n") && metrics.contains("bursar_cache_stale_total 1\n"))
        }
    }

    @Test func `a request that waits is active until it is answered`() async throws {
        try await TestGateway.with(["provider: sunor, key: mock-hang"]) { gateway async throws in
            let waiting = Task { try await gateway.get("/v1/balances") }
            let line = #"http_server_active_requests{http_request_method="GET",url_scheme="http"} "#
            try await eventually(
                { try await gateway.get("/metrics").text.contains(line + "2\n") }, pause: .milliseconds(5))
            gateway.clock.advance(by: .seconds(60))
            _ = try await waiting.value
            #expect(try await gateway.get("/metrics").text.contains(line + "1\n"))
        }
    }

    /// Of a gateway with TLS alone, a series would come with each request and go with it.
    @Test func `active requests of GET are shown with TLS and without, also where there are none`() async throws {
        try await TestGateway.with(["provider: sunor, key: mock-ok"]) { gateway async throws in
            let metrics = try await gateway.get("/metrics").text
            let series = metrics.split(separator: "\n").filter { $0.hasPrefix("http_server_active_requests{") }
            #expect(
                series == [
                    // The scrape itself.
                    #"http_server_active_requests{http_request_method="GET",url_scheme="http"} 1"#,
                    #"http_server_active_requests{http_request_method="GET",url_scheme="https"} 0"#
                ])
        }
    }

    @Test func `a reload that was refused shows until one is taken over`() async throws {
        try await TestGateway.with(["provider: sunor, key: mock-ok"]) { gateway async throws in
            let name = "bursar_configuration_last_reload_successful "
            #expect(try await gateway.get("/metrics").text.contains(name + "1\n"))
            await gateway.reload(["provider: nobody, key: x"])
            #expect(try await gateway.get("/metrics").text.contains(name + "0\n"))
            gateway.clock.advance(by: .seconds(5))
            await gateway.reload(["provider: sunor, key: mock-ok"])
            let metrics = try await gateway.get("/metrics").text
            #expect(metrics.contains(name + "1\n"))
            #expect(metrics.contains("bursar_configuration_loaded_timestamp_seconds 1795215365\n"))
        }
    }
}
