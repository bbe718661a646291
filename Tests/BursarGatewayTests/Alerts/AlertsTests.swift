import BursarBasics
import BursarCatalog
import BursarEngine
import BursarHash
import BursarMocks
import BursarModel
import Foundation
import NIOHTTP1
import Synchronization
import TestSupport
import Testing

@testable import BursarGateway
@testable import BursarUpstream

/// Alerts of the whole gateway over real sockets; time is moved.
@Suite(.timeLimit(.minutes(2)))
struct AlertsTests {
    private static let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    private static let account = "provider: sunor, key: mock-balance-40, ttl: 10s, alerts: [{below: 50}, {key_rejected: true}]"
    /// The same with a key that names no scenario: it gets what is set.
    private static let changing = "provider: sunor, key: abcdefgh-1, ttl: 10s, alerts: [{below: 50}, {key_rejected: true}]"

    private static func settings(_ receiver: AlertReceiver, _ more: String = "") -> String {
        "targets: [{name: ops, kind: webhook, url: '\(receiver.url)/hook/abcdefghijklmnop', secret: \(secret)}]\n" + more
    }

    private func withReceiver<Result>(_ body: (AlertReceiver) async throws -> Result) async throws -> Result {
        let receiver = try await AlertReceiver.start()
        do {
            let result = try await body(receiver)
            await receiver.stop()
            return result
        } catch {
            await receiver.stop()
            throw error
        }
    }

    /// Asks so often that each answer is a reading of its own.
    private func read(_ gateway: TestGateway, times: Int = 2) async throws {
        for _ in 0..<times {
            gateway.clock.advance(by: .seconds(11))
            _ = try await gateway.get("/v1/balances", ("cache-control", "no-cache"))
        }
    }

    /// Time goes on until so many messages came.
    private func pass(_ gateway: TestGateway, until count: Int, _ receiver: AlertReceiver) async throws -> [AlertReceiver.Message]
    {
        try await receiver.wait(for: count) { gateway.passTime(.seconds(2)) }
    }

    private func firing(_ gateway: TestGateway) async throws -> [Bool?] {
        try await gateway.get("/v1/alerts").json?["alerts"]?.elements?.map { $0["firing"]?.boolean } ?? []
    }

    @Test func `a reading that a store brings back is no news to a rule`() async throws {
        try await withReceiver { receiver in
            try await TestGateway.with([Self.changing], settings: Self.settings(receiver)) { gateway async throws in
                try gateway.mocks.set(.balance("40"), for: "sunor")
                try await read(gateway, times: 1)
                let desk = gateway.gateway.process.alerts
                let (key, entries) = try #require(desk.state.withLock { $0.entries.first })
                let view = gateway.gateway.process.refresher.view(try #require(entries.first).upstream)
                func hear(_ number: UInt64, isRestored: Bool) {
                    gateway.clock.advance(by: .seconds(11))
                    let again = AccountView(
                        status: view.status, reading: view.reading, fetchedAt: gateway.clock.now, expiresAt: view.expiresAt,
                        validUntil: view.validUntil, problem: nil, errorReply: nil, hold: nil, isRefreshing: false)
                    desk.changed(ViewChange(key: key, view: again, number: number, isRestored: isRestored, failure: nil))
                }
                for number in UInt64(1_000)..<1_003 { hear(number, isRestored: true) }
                #expect(try await firing(gateway) == [false, false])
                hear(1_003, isRestored: false)
                #expect(try await firing(gateway).contains(true))
            }
        }
    }

    @Test func `low is told by a signed message, and its end after a top-up`() async throws {
        try await withReceiver { receiver in
            try await TestGateway.with([Self.changing], settings: Self.settings(receiver)) { gateway async throws in
                try gateway.mocks.set(.balance("40"), for: "sunor")
                try await read(gateway)
                let low = try #require(try await pass(gateway, until: 1, receiver).first)
                #expect(low.json?["type"]?.text == "balance.low" && low.path == "/hook/abcdefghijklmnop")
                let event = low.json?["data"]?["events"]?[0]
                #expect(
                    event?["account"]?.text == "sunor/default" && event?["value"]?.text == "40" && event?["limit"]?.text == "50")
                let key = try #require(Base64.decode(Self.secret.dropFirst(6)))
                let signed = "\(low.id).\(low.fields["webhook-timestamp"] ?? "")." + String(decoding: low.body, as: UTF8.self)
                let digest = key.withUnsafeBytes { KeyedHash(key: $0) }.digest { input in
                    Array(signed.utf8).withUnsafeBytes { input.update($0) }
                }
                #expect(low.fields["webhook-signature"] == "v1," + digest.withUnsafeBytes(Base64.encode))
                try gateway.mocks.set(.balance("200"), for: "sunor")
                try await read(gateway)
                let end = try await pass(gateway, until: 2, receiver)[1]
                #expect(end.json?["type"]?.text == "balance.recovered")
                #expect(end.json?["data"]?["events"]?[0]?["firing"] == event?["id"])
                #expect(end.json?["data"]?["events"]?[0]?["before"]?["value"]?.text == "40")
                #expect(try await firing(gateway) == [false, false])
            }
        }
    }

    @Test func `a restart tells nothing twice, and what ended meanwhile is told`() async throws {
        let folder = try ScratchFolder()
        defer { folder.remove() }
        try await withReceiver { receiver in
            let settings = Self.settings(receiver, "store: sqlite:\(folder.file("bursar.db"))")
            let mocks = try await MockProviders.start()
            var later: Duration = .zero
            for round in 0..<3 {
                let clock = ManualClock()
                clock.advance(by: later)
                let gateway = try await TestGateway.start([Self.changing], settings: settings, clock: clock, mocks: mocks)
                try mocks.set(.balance(round == 2 ? "200" : "40"), for: "sunor")
                try await read(gateway, times: 3)
                _ = try await pass(gateway, until: round == 2 ? 2 : 1, receiver)
                try await gateway.stop()
                later = later + .seconds(7_200)
            }
            await mocks.stop()
            #expect(receiver.messages.compactMap { $0.json?["type"]?.text } == ["balance.low", "balance.recovered"])
        }
    }

    @Test func `a target that fails is tried again under the same id, is shown, and delays nobody`() async throws {
        try await withReceiver { receiver in
            receiver.answer(500)
            try await TestGateway.with([Self.account], settings: Self.settings(receiver)) { gateway async throws in
                try await read(gateway)
                let messages = try await pass(gateway, until: 2, receiver)
                #expect(Set(messages.map(\.id)).count == 1)
                let target = try await gateway.get("/v1/status").json?["targets"]?[0]
                #expect(
                    target?["state"]?.text == "failing" && target?["reason"]?.text == "http_500"
                        && target?["at"]?.text == "127.0.0.1")
                let metrics = try await gateway.get("/metrics").text
                #expect(metrics.contains(#"bursar_alert_deliveries_total{target="ops",outcome="failed"}"#))
                #expect(metrics.contains(#"bursar_alert_deliveries_pending{target="ops"} 1"#))
                #expect(try await gateway.get("/v1/explain/sunor/default").json?["alerts"]?[0]?.text == "below 50")
                // Its address is nowhere: only the host.
                for path in ["/v1/status", "/v1/alerts", "/metrics"] {
                    #expect(try await !gateway.get(path).text.contains("abcdefghijklmnop"))
                }
                #expect(!gateway.log.text.contains("abcdefghijklmnop") && gateway.log.text.contains("a target fails"))
            }
        }
    }

    @Test func `after a restart a target that takes nothing is failing, and was told of nothing`() async throws {
        let folder = try ScratchFolder()
        defer { folder.remove() }
        try await withReceiver { receiver in
            receiver.answer(500)
            let settings = Self.settings(receiver, "store: sqlite:\(folder.file("bursar.db"))")
            let mocks = try await MockProviders.start()
            let first = try await TestGateway.start([Self.account], settings: settings, clock: ManualClock(), mocks: mocks)
            #expect(try await first.get("/v1/alerts").json?["targets"]?[0]?["state"]?.text == "untried")
            try await read(first)
            _ = try await pass(first, until: 1, receiver)
            try await first.stop()
            let clock = ManualClock()
            clock.advance(by: .seconds(7_200))
            let second = try await TestGateway.start([Self.account], settings: settings, clock: clock, mocks: mocks)
            let answer = try await second.get("/v1/alerts")
            #expect(answer.json?["targets"]?[0]?["state"]?.text == "failing", "\(answer.text)")
            #expect(answer.json?["alerts"]?[0]?["told"]?.elements?.isEmpty == true, "\(answer.text)")
            let explained = try await second.get("/v1/explain/sunor/default")
            #expect(explained.json?["targets_failing"]?[0]?.text == "ops", "\(explained.text)")
            try await second.stop()
            await mocks.stop()
        }
    }

    @Test func `a message that is given up is told in the log and counted`() async throws {
        try await withReceiver { receiver in
            receiver.answer(500)
            try await TestGateway.with([Self.account], settings: Self.settings(receiver)) { gateway async throws in
                #expect(try await gateway.get("/metrics").text.contains(#"bursar_alert_messages_given_up_total{target="ops"} 0"#))
                try await read(gateway)
                _ = try await pass(gateway, until: 1, receiver)
                // Each attempt ends in real time, and what is due next depends on when it did.
                try await eventually(
                    { gateway.log.text.contains("a message is given up after its last attempt") }, pause: .milliseconds(5),
                    meanwhile: { gateway.passTime(.seconds(1_800)) })
                let metrics = try await gateway.get("/metrics").text
                #expect(metrics.contains(#"bursar_alert_messages_given_up_total{target="ops"} 1"#))
                #expect(metrics.contains(#"bursar_alert_deliveries_pending{target="ops"} 0"#))
                #expect(receiver.messages.count == 10)
            }
        }
    }

    @Test func `a target that is gone is posted to once, until a reload changes it`() async throws {
        try await withReceiver { receiver in
            receiver.answer(410)
            try await TestGateway.with([Self.account], settings: Self.settings(receiver)) { gateway async throws in
                try await read(gateway)
                _ = try await pass(gateway, until: 1, receiver)
                // The schedule ends meanwhile.
                try await letTurnsPass(20) { gateway.passTime(.seconds(3_600)) }
                #expect(receiver.messages.count == 1)
                try await eventually {
                    try await gateway.get("/v1/alerts").json?["targets"]?[0]?["state"]?.text == "paused"
                }
                #expect(await gateway.log.contains("until its configuration changes or bursar alert test reaches it"))
                receiver.answer(200)
                let other = Self.settings(receiver).replacing("abcdefghijklmnop", with: "qrstuvwxyzabcdef")
                guard case .applied = await gateway.reload([Self.account], settings: other) else { throw NotReloaded() }
                let messages = try await pass(gateway, until: 2, receiver)
                #expect(messages[1].path == "/hook/qrstuvwxyzabcdef" && messages[1].json?["type"]?.text == "balance.low")
            }
        }
    }

    @Test func `an address that is gone behind a reload is told as one that fails, not as gone`() async throws {
        try await withReceiver { receiver in
            receiver.answer(410)
            receiver.hold()
            try await TestGateway.with([Self.account], settings: Self.settings(receiver)) { gateway async throws in
                try await read(gateway)
                _ = try await pass(gateway, until: 1, receiver)
                let other = Self.settings(receiver).replacing("abcdefghijklmnop", with: "qrstuvwxyzabcdef")
                guard case .applied = await gateway.reload([Self.account], settings: other) else { throw NotReloaded() }
                receiver.answer(200)
                receiver.letGo()
                let messages = try await pass(gateway, until: 2, receiver)
                #expect(messages[1].path == "/hook/qrstuvwxyzabcdef" && messages[1].id == messages[0].id)
                try await eventually { gateway.log.text.contains("alerts: a target") }
                #expect(gateway.log.text.contains("a target fails") && !gateway.log.text.contains("a target is gone"))
                let metrics = try await gateway.get("/metrics").text
                #expect(metrics.contains(#"bursar_alert_deliveries_total{target="ops",outcome="failed"} 1"#))
                #expect(metrics.contains(#"bursar_alert_deliveries_total{target="ops",outcome="gone"} 0"#))
            }
        }
    }

    private struct NotReloaded: Error {}

    @Test func `a rejected key is told, and rules come and go with a reload`() async throws {
        try await withReceiver { receiver in
            let account = "provider: sunor, key: mock-401, ttl: 10s, alerts: [{key_rejected: true}]"
            try await TestGateway.with([account], settings: Self.settings(receiver)) { gateway async throws in
                for _ in 0..<2 {
                    gateway.clock.advance(by: .seconds(400))
                    _ = try await gateway.get("/v1/balances", ("cache-control", "no-cache"))
                }
                let told = try await pass(gateway, until: 1, receiver)
                #expect(told[0].json?["type"]?.text == "key.rejected")
                await gateway.reload(["provider: sunor, key: mock-401, ttl: 10s"])
                #expect(try await gateway.get("/v1/alerts").json?["alerts"]?.elements?.isEmpty == true)
            }
        }
    }

    @Test func `only an operator tests and mutes, and a muted account is told of at the end`() async throws {
        try await withReceiver { receiver in
            let folder = try ScratchFolder()
            defer { folder.remove() }
            let gateway = try await TestGateway.start(
                [Self.account], listen: "['127.0.0.1:0', 'unix:\(folder.file("s"))']", settings: Self.settings(receiver))
            do {
                for (path, method) in [
                    ("/v1/alerts/test", HTTPMethod.POST), ("/v1/alerts/mutes/sunor/default?for=2h", .PUT),
                    ("/v1/alerts/mutes/sunor/default", .DELETE)
                ] {
                    let refused = try await gateway.get(path, method: method)
                    #expect(refused.status == 403, "\(path)")
                    // The socket that is there, and nothing that helps with a reload alone.
                    #expect(refused.text.contains("--url unix:\(folder.file("s"))") && !refused.text.contains("SIGHUP"))
                }
                let test = try await gateway.asOperator("/v1/alerts/test?target=ops", method: .POST)
                #expect(test.status == 200 && test.json?["targets"]?[0]?["outcome"]?.text == "delivered")
                #expect(receiver.messages.first?.json?["type"]?.text == "gateway.test")
                let unknown = try await gateway.asOperator("/v1/alerts/test?target=nobody", method: .POST)
                #expect(unknown.status == 404 && unknown.json?["detail"]?.text == "No target \"nobody\"; there are ops.")
                let path = "/v1/alerts/mutes/sunor/default"
                #expect(try await gateway.asOperator(path + "?for=1x", method: .PUT).status == 400)
                #expect(try await gateway.asOperator("/v1/alerts/mutes/sunor/none?for=1h", method: .PUT).status == 404)
                #expect(try await gateway.asOperator(path + "?for=1h", method: .PUT).status == 200)
                try await read(gateway)
                gateway.clock.advance(by: .seconds(600))
                try await read(gateway)
                #expect(try await gateway.get("/v1/alerts").json?["alerts"]?[0]?["muted_until"]?.text != nil)
                #expect(receiver.messages.count == 1)
                #expect(try await gateway.asOperator(path, method: .DELETE).status == 204)
                let told = try await pass(gateway, until: 2, receiver)
                #expect(told[1].json?["type"]?.text == "balance.low")
            } catch {
                try await gateway.stop()
                throw error
            }
            try await gateway.stop()
        }
    }

    // It spoke of a query to whoever had typed a command, and of 720h where the documentation says 30 days.
    @Test(arguments: ["?for=1w", "?for=31d", "?for=500ms", ""])
    func `a mute of no such length says which there are, in words for a query and a command alike`(query: String) async throws {
        let folder = try ScratchFolder()
        defer { folder.remove() }
        let listen = TestGateway.listening(at: folder.file("s"))
        try await TestGateway.with(["provider: sunor, key: mock-ok"], listen: listen) { gateway async throws in
            let path = "/v1/alerts/mutes/sunor/default"
            let answer = try await gateway.asOperator(path + query, method: .PUT)
            #expect(answer.status == 400, "\(answer.text)")
            #expect(
                answer.json?["detail"]?.text == "for takes a duration from 1s to 30d, such as 2h or 7d.", "\(answer.text)")
            #expect(try await gateway.asOperator(path + "?for=30d", method: .PUT).status == 200)
        }
    }

    @Test func `a client lists the alerts of what it may see, and no targets unless that is everything`() async throws {
        let (some, all) = (TestClient("some"), TestClient("all"))
        try await withReceiver { receiver in
            let clients = "clients:\n" + some.line(allow: "[legnext]") + all.line()
            let accounts = [Self.account, "provider: legnext, key: mock-ok, alerts: [{below: 1}]"]
            try await TestGateway.with(accounts, settings: Self.settings(receiver, clients)) { gateway async throws in
                let few = try await gateway.get("/v1/alerts", some.bearer)
                #expect(few.json?["alerts"]?.elements?.compactMap { $0["account"]?.text } == ["legnext/default"])
                #expect(few.json?["targets"] == nil && !few.text.contains("ops"))
                let many = try await gateway.get("/v1/alerts", all.bearer)
                #expect(many.json?["alerts"]?.elements?.count == 3 && many.json?["targets"]?[0]?["name"]?.text == "ops")
                #expect(try await !gateway.get("/v1/status", some.bearer).text.contains("ops"))
                #expect(try await gateway.get("/v1/alerts").status == 401)
            }
        }
    }

    @Test func `a program gets the message on its input, no shell and none of our environment`() async throws {
        let folder = try ScratchFolder()
        defer { folder.remove() }
        let program = try folder.write(
            "#!/bin/sh\n{ echo \"$# $1\"; env; cat; } > \(folder.file("part"))\nmv \(folder.file("part")) \(folder.file("out"))\n",
            to: "tell")
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: program)
        let settings = "targets: [{name: mail, kind: command, command: ['\(program)', '$(id) *']}]"
        try await TestGateway.with([Self.account], settings: settings) { gateway async throws in
            try await read(gateway)
            // A program is another process, which ends in real time.
            let file = folder.file("out")
            try await eventually(
                { FileManager.default.fileExists(atPath: file) }, pause: .milliseconds(10),
                meanwhile: { gateway.passTime(.seconds(5)) })
            let output = try String(contentsOfFile: file, encoding: .utf8)
            #expect(output.hasPrefix("1 $(id) *\n") && output.contains(#""type":"balance.low""#))
            let variables = output.split(separator: "\n").filter { $0.contains("=") && !$0.contains("{") }
            #expect(
                variables.allSatisfy {
                    $0.hasPrefix("PATH=") || $0.hasPrefix("LANG=") || $0.hasPrefix("PWD=") || $0.hasPrefix("_=")
                        || $0.hasPrefix("SHLVL=")
                }, "\(variables)")
        }
    }

    @Test func `a program that hangs does not keep the gateway from stopping`() async throws {
        let folder = try ScratchFolder()
        defer { folder.remove() }
        let program = try folder.write("#!/bin/sh\n: > \(folder.file("begun"))\nexec sleep 50\n", to: "hang")
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: program)
        let settings = "drain: {deadline: 4s}\ntargets: [{name: mail, kind: command, command: ['\(program)'], timeout: 60s}]"
        let gateway = try await TestGateway.start([Self.account], settings: settings)
        try await read(gateway)
        // Another process begins in real time; without it there would be nothing to keep the gateway.
        try await eventually(
            { FileManager.default.fileExists(atPath: folder.file("begun")) }, pause: .milliseconds(10),
            meanwhile: { gateway.passTime(.seconds(5)) })
        let time = try await ContinuousClock().measure { try await gateway.stop() }
        // The program goes on for fifty.
        #expect(time < .seconds(30))
    }
}
