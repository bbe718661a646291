import BursarCatalog
import BursarMocks
import BursarModel
import Foundation
import NIOHTTP1
import TestSupport
import Testing

@testable import BursarGateway

/// Another configuration is put in force while the gateway serves.
@Suite(.timeLimit(.minutes(2)))
struct ReloadTests {
    private let sunor = "provider: sunor, key: mock-ok"
    private let tensorpix = "provider: tensorpix, key: mock-balance-12.3400"

    private static func id(_ provider: String) throws -> AccountID {
        AccountID(provider: try #require(ProviderID(provider)), account: .default)
    }

    @Test func `accounts come and go, and those that stay keep their reading`() async throws {
        try await TestGateway.with([sunor, tensorpix]) { gateway async throws in
            #expect(try await gateway.get("/v1/balances").json?["summary"]?["fresh"] == .number("2"))
            let outcome = await gateway.reload([sunor, "provider: legnext, key: mock-ok"])
            var report = ReloadReport()
            report.accounts = 2
            report.added = [try Self.id("legnext")]
            report.removed = [try Self.id("tensorpix")]
            #expect(outcome == .applied(report))

            // The ready answer of before is gone at once, and nobody was asked for the account that stayed.
            let after = try await gateway.get("/v1/balances")
            #expect(after.text.contains("legnext"))
            #expect(!after.text.contains("tensorpix"))
            #expect(try gateway.mocks.calls(for: "sunor") == 1)
            #expect(try await gateway.get("/v1/balances/tensorpix").status == 404)
            let legnext = try #require(
                try await gateway.get("/v1/providers").json?["providers"]?.elements?.first { $0["id"]?.text == "legnext" })
            #expect(legnext["accounts"]?[0]?.text == "default")
        }
    }

    @Test func `a cooldown outlives a reload that keeps the key, and not one that changes it`() async throws {
        try await TestGateway.with(["provider: sunor, key: mock-429-retry-after-300"]) { gateway async throws in
            _ = try await gateway.get("/v1/balances")
            await gateway.reload(["provider: sunor, name: other, key: mock-429-retry-after-300"])
            #expect(try await gateway.get("/v1/balances").status == 503)
            #expect(try gateway.mocks.calls(for: "sunor") == 1)
            await gateway.reload(["provider: sunor, name: other, key: mock-ok"])
            #expect(try await gateway.get("/v1/balances").row(0)?["status"]?.text == "fresh")
            #expect(try gateway.mocks.calls(for: "sunor") == 2)
        }
    }

    @Test func `a changed key drops the old key's reading`() async throws {
        try await TestGateway.with([sunor]) { gateway async throws in
            _ = try await gateway.get("/v1/balances")
            await gateway.reload(["provider: sunor, key: mock-401"])
            let row = try await gateway.get("/v1/balances").row(0) ?? .null
            #expect(try await gateway.get("/v1/balances").status == 502)
            #expect(row["available"]?.text == nil)
        }
    }

    @Test func `a wrong file changes nothing, and is told with its place`() async throws {
        try await TestGateway.with([sunor]) { gateway async throws in
            let before = try await gateway.get("/v1/balances").text
            let outcome = await gateway.reload(["provider: sunoor, key: mock-ok", sunor, "provider: sunor, ttl: soon, key: x"])
            guard case .refused(let problems) = outcome else {
                Issue.record("\(outcome)")
                return
            }
            #expect(problems.contains { $0.contains("test.yaml:4:") && $0.contains("did you mean sunor?") }, "\(problems)")
            #expect(try await gateway.get("/v1/balances").text == before)
            #expect(await gateway.log.contains("configuration not reloaded"))
            let metrics = try await gateway.get("/metrics").text
            #expect(metrics.contains(#"bursar_configuration_reloads_total{outcome="refused"} 1"#))
            let status = try await gateway.get("/v1/status").json?["gateway"]
            #expect(status?["last_reload_refused"] == .bool(true))
            #expect(status?["last_reload_at"]?.text != nil && status?["last_reload_problems"]?[0]?.text != nil)
        }
    }

    @Test func `the answer to a reload that is refused names its own problems, and no command that knows of others`()
        async throws
    {
        let folder = try ScratchFolder()
        defer { folder.remove() }
        let listen = TestGateway.listening(at: folder.file("b.sock"))
        try await TestGateway.with([sunor], listen: listen) { gateway async throws in
            for more in [[], ["provider: sunor, ttl: soon, key: x"]] {
                await gateway.reload(["provider: sunoor, key: mock-ok"] + more, listen: listen)
                let answer = try await gateway.asOperator("/admin/reload", method: .POST)
                let problems = answer.json?["problems"]?.elements ?? []
                #expect(answer.status == 422 && !problems.isEmpty, "\(answer.text)")
                let detail =
                    problems.count == 1 ? "1 problem; `problems` has it." : "\(problems.count) problems; `problems` has them."
                #expect(answer.json?["detail"]?.text == detail, "\(answer.text)")
            }
        }
    }

    // It ends any other program: the demo's operator was told to end it.
    @Test func `a reload that is refused over TCP names the program that takes a SIGHUP`() async throws {
        try await TestGateway.with([sunor]) { gateway async throws in
            let answer = try await gateway.get("/admin/reload", method: .POST)
            #expect(answer.status == 403 && answer.text.contains("send SIGHUP to `bursar serve`,"), "\(answer.text)")
        }
    }

    @Test func `what needs a restart is named`() async throws {
        try await TestGateway.with([sunor]) { gateway async throws in
            let outcome = await gateway.reload(
                [sunor], listen: "['127.0.0.1:0', '[::1]:0']", settings: "limits: {connections: 7}\nlog: {level: debug}")
            guard case .applied(let report) = outcome else {
                Issue.record("\(outcome)")
                return
            }
            #expect(report.needsRestart == ["listen", "limits", "log.level"])
            #expect(await gateway.log.contains("listen limits log.level"))
        }
    }

    @Test func `what needs a restart is named by every reload until there was one (B1)`() async throws {
        try await TestGateway.with([sunor]) { gateway async throws in
            for _ in 0..<2 {
                let outcome = await gateway.reload([sunor], settings: "limits: {connections: 7}")
                guard case .applied(let report) = outcome else {
                    Issue.record("\(outcome)")
                    return
                }
                #expect(report.needsRestart == ["limits"])
            }
            // Written back as the process started, there is nothing to restart for.
            guard case .applied(let report) = await gateway.reload([sunor]) else { return }
            #expect(report.needsRestart.isEmpty)
        }
    }

    @Test func `the proxy's password stays redacted for as long as the process uses it, however many reloads come (B2)`()
        async throws
    {
        let proxy = { (password: String) in
            "upstream: {proxy: 'http://127.0.0.1:9', proxy_user: u, proxy_password: '\(password)'}"
        }
        let gateway = try await TestGateway.start([sunor], settings: proxy("canary-of-the-way-out"))
        for password in ["another-password-1", "another-password-2", "another-password-3"] {
            await gateway.reload([sunor], settings: proxy(password))
        }
        let answer = try await gateway.get("/canary-of-the-way-out")
        #expect(!answer.text.contains("canary"))
        #expect(!gateway.log.text.contains("canary"))
        try await gateway.stop()
    }

    @Test func `reloads that wait are one (A16)`() async throws {
        let folder = try ScratchFolder()
        defer { folder.remove() }
        let runs = folder.file("runs")
        let gate = folder.file("gate")
        let command = try folder.write(
            "#!/bin/sh\necho run >> \(runs)\nwhile [ ! -e \(gate) ]; do sleep 0.02; done\necho 'mock-ok\(Canary.mark)'\n",
            to: "command")
        try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: command)
        let accounts = ["provider: sunor, key: '${exec:\(command)}'"]
        func count() -> Int { ((try? String(contentsOfFile: runs, encoding: .utf8)) ?? "").split(separator: "\n").count }
        _ = try folder.write("", to: "gate")
        try await TestGateway.with(accounts, settings: "secrets: {exec: true}") { gateway async throws in
            try FileManager.default.removeItem(atPath: gate)
            let before = count()
            let first = Task { await gateway.gateway.reload("test") }
            try await eventually { count() > before }
            let others = (0..<60).map { _ in Task { await gateway.gateway.reload("test") } }
            // They have asked once each has taken a turn: the first still runs.
            try await letTurnsPass(100)
            _ = try folder.write("", to: "gate")
            let outcomes = [await first.value] + (await others.asyncValues())
            #expect(outcomes.allSatisfy { if case .applied = $0 { true } else { false } })
            #expect(count() == before + 2, "the one that ran, and one for all who came meanwhile")
        }
    }

    @Test func `other settings of an account are in force at once`() async throws {
        try await TestGateway.with([sunor]) { gateway async throws in
            _ = try await gateway.get("/v1/balances")
            await gateway.reload([sunor + ", low: 2000"])
            #expect(try await gateway.get("/v1/balances").row(0)?["low"] == .bool(true))
            await gateway.reload([sunor], settings: "hosts: [bursar.test]")
            #expect(try await gateway.get("/v1/balances", ("host", "bursar.test")).status == 200)
        }
    }

    @Test func `a key that was configured before is still looked for in what leaves`() async throws {
        try await TestGateway.with(["provider: sunor, key: canary-of-the-first-generation"]) { gateway async throws in
            await gateway.reload([sunor])
            let answer = try await gateway.get("/canary-of-the-first-generation")
            #expect(!answer.text.contains("canary"))
            #expect(!gateway.log.text.contains("canary"))
        }
    }

    /// A definition of a provider that tells cents and credits; `amount` is the member that is taken for the balance.
    private static func acme(_ amount: String) -> String {
        """
        openapi: 3.1.0
        info: {title: Acme, version: 1.0.0}
        servers: [{url: "https://api.acme.test"}]
        security: [{key: []}]
        x-bursar: {id: acme, amounts: [{unit: credits, available: \(amount)}]}
        paths:
          /balance:
            get:
              responses:
                "200":
                  description: The balance
                  content:
                    application/json:
                      schema: {type: object, properties: {cents: {type: number}, credits: {type: number}}}
                      example: {cents: 1, credits: 1}
        components:
          securitySchemes:
            key: {type: apiKey, in: header, name: X-Key}
        """
    }

    @Test func `a corrected definition drops what the wrong one read, and the account is told as changed`() async throws {
        let folder = try ScratchFolder()
        defer { folder.remove() }
        let settings =
            "providers: ['\(try folder.write(Self.acme("cents"), to: "acme.yaml"))']\nstore: sqlite:\(folder.file("x.db"))"
        let upstream = try await RecordingUpstream.start(answering: #"{"cents":1250,"credits":12.5}"#)
        let accounts = ["provider: acme, key: mock-ok, ttl: 1h, base_url: '\(upstream.url)'"]
        try await TestGateway.with(accounts, settings: settings) { gateway async throws in
            #expect(try await gateway.get("/v1/balances").row(0)?["available"]?.text == "1250")
            _ = try folder.write(Self.acme("credits"), to: "acme.yaml")
            guard case .applied(let report) = await gateway.reload(accounts, settings: settings) else {
                Issue.record("refused")
                return
            }
            #expect(report.changed == [try Self.id("acme")])
            #expect(try await gateway.get("/v1/balances").row(0)?["available"]?.text == "12.5")
            #expect(upstream.requests.count == 2)
            // Read again without a change: nothing is dropped.
            guard case .applied(let same) = await gateway.reload(accounts, settings: settings) else {
                Issue.record("refused")
                return
            }
            #expect(same.changed.isEmpty)
            #expect(try await gateway.get("/v1/balances").row(0)?["available"]?.text == "12.5")
            #expect(upstream.requests.count == 2)
        }
        // And a restart with another one shows nothing that this one read.
        for (amount, held) in [("credits", "12.5"), ("cents", nil)] as [(String, String?)] {
            _ = try folder.write(Self.acme(amount), to: "acme.yaml")
            try await TestGateway.with(accounts, settings: settings) { gateway async throws in
                let answer = try await gateway.get("/v1/balances", ("cache-control", "only-if-cached"))
                #expect(answer.row(0)?["available"]?.text == held)
            }
        }
        await upstream.stop()
    }

    @Test func `a definition that was corrected, taken out and written anew is asked by its newest form`() async throws {
        let folder = try ScratchFolder()
        defer { folder.remove() }
        let upstream = try await RecordingUpstream.start(answering: #"{"cents":1250,"credits":12.5}"#)
        func settings(_ version: Int) throws -> String {
            let text = Self.acme("cents").replacing("/balance:", with: "/v\(version)/balance:")
            return "providers: ['\(try folder.write(text, to: "acme.yaml"))']"
        }
        let accounts = ["provider: acme, key: mock-ok, ttl: 1h, base_url: '\(upstream.url)'"]
        try await TestGateway.with(accounts, settings: settings(1)) { gateway async throws in
            await gateway.reload(accounts, settings: try settings(2))
            await gateway.reload([sunor], settings: "")
            await gateway.reload(accounts, settings: try settings(3))
            #expect(try await gateway.get("/v1/balances").row(0)?["available"]?.text == "1250")
            #expect(upstream.requests.last?.contains("/v3/balance") == true, "\(upstream.requests)")
        }
        await upstream.stop()
    }

    @Test func `a corrected definition does not free a cooldown`() async throws {
        let folder = try ScratchFolder()
        defer { folder.remove() }
        let settings = "providers: ['\(try folder.write(Self.acme("cents"), to: "acme.yaml"))']"
        let accounts = ["provider: acme, key: mock-429-retry-after-300, base_url: 'http://127.0.0.1:1'"]
        try await TestGateway.with(accounts, settings: settings) { gateway async throws in
            _ = try await gateway.get("/v1/balances")
            let before = try await gateway.get("/v1/status").json?["accounts"]?[0]?["hold"]
            #expect(before != nil && before != .null)
            _ = try folder.write(Self.acme("credits"), to: "acme.yaml")
            await gateway.reload(accounts, settings: settings)
            #expect(try await gateway.get("/v1/status").json?["accounts"]?[0]?["hold"] == before)
        }
    }

    @Test func `callers notice nothing of reloads under load`() async throws {
        try await TestGateway.with([sunor, tensorpix]) { gateway async throws in
            _ = try await gateway.get("/v1/balances")
            let (sunor, tensorpix) = (sunor, tensorpix)
            try await withThrowingTaskGroup { group in
                for _ in 0..<4 {
                    group.addTask {
                        for _ in 0..<100 {
                            let answer = try await gateway.get("/v1/balances")
                            let rows = answer.json?["summary"]?["accounts"]
                            #expect(answer.status == 200)
                            #expect(rows == .number("1") || rows == .number("2"))
                        }
                    }
                }
                for round in 0..<20 { await gateway.reload(round % 2 == 0 ? [sunor] : [sunor, tensorpix]) }
                try await group.waitForAll()
            }
            #expect(try gateway.mocks.calls(for: "sunor") == 1)
        }
    }
}

extension [Task<ReloadOutcome, Never>] {
    fileprivate func asyncValues() async -> [ReloadOutcome] {
        var values: [ReloadOutcome] = []
        for task in self { values.append(await task.value) }
        return values
    }
}
