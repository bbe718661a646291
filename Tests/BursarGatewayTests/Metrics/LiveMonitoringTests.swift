import BursarCatalog
import BursarMocks
import Foundation
import TestSupport
import Testing

@testable import BursarGateway

/// Rules and dashboard against a Prometheus that scrapes `bursar demo`, and a gateway that has seen two weeks: an expression that names
/// what is not there says nothing, and nobody notices.
@Suite(
    .serialized, .timeLimit(.minutes(3)),
    .enabled(if: LocalProgram.has("prometheus", "curl"), "prometheus or curl is not installed"))
struct LiveMonitoringTests {
    private static let docs = URL(filePath: #filePath).appending(path: "../../../../docs/monitoring").standardizedFileURL

    /// What a gateway without a store, faults, targets and two weeks of history has not.
    private static let beyondDemo: Set<String> = [
        "bursar_spent_total", "bursar_topped_up_total", "bursar_account_problem", "bursar_cooldown_until_timestamp_seconds",
        "bursar_upstream_failures_total", "bursar_http_limits_total", "bursar_account_low", "bursar_alert_deliveries_total",
        "bursar_alert_deliveries_pending", "bursar_alert_deliveries_overdue", "bursar_alert_target_up",
        "bursar_alert_messages_given_up_total"
    ]

    private static func text(_ name: String) throws -> String {
        try String(contentsOf: docs.appending(path: name), encoding: .utf8)
    }

    /// The dashboard's expressions, as Grafana would send them.
    private static func dashboard() throws -> [String] {
        let json = try JSONReader.read(Array(text("grafana-dashboard.json").utf8))
        return (json["panels"]?.elements ?? []).flatMap { $0["targets"]?.elements ?? [] }.compactMap { $0["expr"]?.text }
            .map {
                $0.replacing("$__rate_interval", with: "1m").replacing("$job", with: ".*").replacing("$provider", with: ".*")
            }
    }

    /// The selectors within an expression: `bursar_account_low{provider="x"}`.
    private static func selectors(_ expression: String) -> [String] {
        expression.matches(of: /\b((?:bursar|http_server|http_client|process)_[a-z0-9_]+|up)(\{[^}]*\})?/).map { String($0.0) }
    }

    private static func name(_ selector: String) -> String { String(selector.prefix { $0 != "{" }) }

    @Test func `every expression of rules and dashboard finds its series`() async throws {
        let demo = try ChildProgram(["demo", "--listen", "127.0.0.1:0"])
        do {
            let demoURL = try await demo.url()
            try await MetricsTests.withHistory { gateway, folder in
                // A limit that was met, so that its counter is there.
                let long = "x: " + String(repeating: "a", count: 20_000)
                _ = try await LocalProgram.curl("-H", long, gateway.url + "/livez")
                try await check(demoURL, gateway, folder)
            }
        } catch {
            await demo.end(by: SIGKILL)
            throw error
        }
        await demo.end(by: SIGTERM)
    }

    private func check(_ demo: String, _ gateway: TestGateway, _ folder: ScratchFolder) async throws {
        let rules = try folder.write(try Self.text("bursar.rules.yml"), to: "bursar.rules.yml")
        let hosts = [demo, gateway.url].map { "\"\($0.dropFirst("http://".count))\"" }.joined(separator: ", ")
        let prometheus = try await RealPrometheus.start(
            """
            global: {evaluation_interval: 1s}
            rule_files: ["\(rules)"]
            scrape_configs:
              - job_name: bursar
                scrape_interval: 2s
                scrape_timeout: 2s
                static_configs: [{targets: [\(hosts)]}]
            """, in: folder)
        do {
            try await ask(prometheus, demo: String(demo.dropFirst("http://".count)))
        } catch {
            await prometheus.stop()
            throw error
        }
        await prometheus.stop()
    }

    private func ask(_ prometheus: RealPrometheus, demo: String) async throws {
        // Two scrapes of each, which a rate needs.
        try await eventually(
            { try await prometheus.ask("count(count_over_time(bursar_build_info[1m]) > 2)").first?.value == "2" },
            pause: .milliseconds(50))
        let expressions = try Self.dashboard()
        #expect(expressions.count > 40)
        for expression in expressions {
            #expect(!(try await prometheus.ask(expression).isEmpty), "\(expression) finds nothing")
            // A table or a panel of a demo shows something, too, wherever the metric is one of its own.
            for selector in Self.selectors(expression) where !Self.beyondDemo.contains(Self.name(selector)) {
                guard !Self.name(selector).hasPrefix("bursar_runway"), !Self.name(selector).hasPrefix("bursar_store") else {
                    continue
                }
                let bare = Self.name(selector) + "{instance=\"\(demo)\"}"
                #expect(!(try await prometheus.ask(bare).isEmpty), "\(bare) finds nothing")
            }
        }
        let answer = try await prometheus.json("/api/v1/rules")
        let rules = (answer["data"]?["groups"]?.elements ?? []).flatMap { $0["rules"]?.elements ?? [] }
        #expect(rules.count == 10)
        for rule in rules {
            let query = try #require(rule["query"]?.text)
            for selector in Self.selectors(query) {
                // Whatever the labels say: that nothing is wrong is no fault of the rule.
                #expect(!(try await prometheus.ask(Self.name(selector)).isEmpty), "\(selector) of \(query) finds nothing")
            }
        }
        // What is wrong with the second gateway is seen by the rules at once.
        let rejected = try await prometheus.ask(#"bursar_account_problem{code=~"unauthorized|forbidden"} == 1"#)
        #expect(rejected.count == 1)
    }
}
