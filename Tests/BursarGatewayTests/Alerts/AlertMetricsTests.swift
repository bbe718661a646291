import BursarMocks
import NIOHTTP1
import TestSupport
import Testing

@testable import BursarGateway

/// Whether targets take what they are told, as `/metrics` says it. Time is moved.
@Suite(.timeLimit(.minutes(2)))
struct AlertMetricsTests {
    private static let account = "provider: sunor, key: mock-balance-40, ttl: 10s, alerts: [{below: 50}]"

    /// Time goes on until the metrics have a line: how an attempt ended is known after the receiver has it.
    private func wait(for line: String, _ gateway: TestGateway) async throws {
        try await eventually(
            { try await gateway.get("/metrics").text.contains("\n\(line)\n") }, pause: .milliseconds(5),
            meanwhile: { gateway.passTime(.seconds(2)) })
    }

    private func isTold(_ kind: String, _ more: String = "", first status: Int) async throws {
        let receiver = try await AlertReceiver.start()
        let settings = "targets: [{name: ops, kind: \(kind), url: '\(receiver.url)/hook'\(more)}]"
        let up = "bursar_alert_target_up{target=\"ops\",kind=\"\(kind)\"}"
        do {
            receiver.answer(status)
            try await TestGateway.with([Self.account], settings: settings) { gateway async throws in
                // Nothing was sent: nothing is known of it.
                #expect(!(try await gateway.get("/metrics").text.contains("bursar_alert_target_up{")))
                for _ in 0..<2 {
                    gateway.clock.advance(by: .seconds(11))
                    _ = try await gateway.get("/v1/balances", ("cache-control", "no-cache"))
                }
                try await wait(for: up + " 0", gateway)
                guard status != 410 else { return }
                receiver.answer(200)
                try await wait(for: up + " 1", gateway)
            }
        } catch {
            await receiver.stop()
            throw error
        }
        await receiver.stop()
    }

    @Test func `an Alertmanager that fails is down until it takes what it is told`() async throws {
        try await isTold("alertmanager", first: 500)
    }

    @Test func `an Alertmanager that is gone is down`() async throws { try await isTold("alertmanager", first: 410) }

    @Test func `a receiver of messages that fails is down until it takes one`() async throws {
        try await isTold("slack", first: 500)
    }

    @Test func `what a target does not take is overdue, unless a mute holds it`() async throws {
        let folder = try ScratchFolder()
        defer { folder.remove() }
        let receiver = try await AlertReceiver.start()
        receiver.answer(500)
        let settings = "targets: [{name: ops, kind: slack, url: '\(receiver.url)/hook'}]"
        do {
            let listen = "['127.0.0.1:0', 'unix:\(folder.file("s"))']"
            try await TestGateway.with([Self.account], listen: listen, settings: settings) { gateway async throws in
                for _ in 0..<2 {
                    gateway.clock.advance(by: .seconds(11))
                    _ = try await gateway.get("/v1/balances", ("cache-control", "no-cache"))
                }
                try await wait(for: #"bursar_alert_deliveries_overdue{target="ops"} 1"#, gateway)
                let mute = try await gateway.asOperator("/v1/alerts/mutes/sunor/default?for=1h", method: .PUT)
                #expect(mute.status == 200, "\(mute.text)")
                let metrics = try await gateway.get("/metrics").text
                #expect(metrics.contains(#"bursar_alert_deliveries_overdue{target="ops"} 0"#))
                #expect(metrics.contains(#"bursar_alert_deliveries_pending{target="ops"} 1"#))
            }
        } catch {
            await receiver.stop()
            throw error
        }
        await receiver.stop()
    }
}
