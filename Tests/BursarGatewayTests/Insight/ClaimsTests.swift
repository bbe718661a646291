import BursarCatalog
import BursarMocks
import Foundation
import NIOHTTP1
import TestSupport
import Testing

@testable import BursarGateway

/// Claims over real sockets.
@Suite(.timeLimit(.minutes(2)))
struct ClaimsTests {
    private static let account = "provider: sunor, key: mock-balance-250, ttl: 1h"

    private func body(_ amount: String = "20", _ more: String = "", provider: String = "sunor") -> [UInt8] {
        Array(#"{"account":"\#(provider)/default","amount":"\#(amount)"\#(more)}"#.utf8)
    }

    private func claim(_ gateway: TestGateway, _ key: String, _ body: [UInt8]) async throws -> TestGateway.Answer {
        try await gateway.send(
            "/v1/claims", method: .POST, [("idempotency-key", key), ("content-type", "application/json")], body: body)
    }

    @Test func `a hundred parallel claims of 20 out of 250 give twelve, and the rest are refused`() async throws {
        try await TestGateway.with([Self.account]) { gateway async throws in
            let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
                for number in 0..<100 { group.addTask { try await claim(gateway, "job-\(number)", body()).status } }
                var statuses: [Int: Int] = [:]
                for try await status in group { statuses[status, default: 0] += 1 }
                return statuses
            }
            #expect(statuses == [201: 12, 402: 88])
            #expect(try await gateway.get("/v1/claims").json?["claims"]?.elements?.count == 12)
            let left = try await gateway.get("/v1/guard?account=sunor&needs=11")
            #expect(left.json?["decision"]?.text == "no" && left.json?["claimed"]?.text == "240")
            // Rows never change by it.
            #expect(try await gateway.get("/v1/balances").row(0)?["available"]?.text == "250")
            #expect(try gateway.mocks.calls(for: "sunor") == 1)
        }
    }

    // One such claim left no digits for the balance: every guard and claim was unknown for a day.
    @Test func `an amount finer than money is refused with the bound, and guards go on`() async throws {
        try await TestGateway.with(["provider: sunor, key: abcdefgh-1, ttl: 1h"]) { gateway async throws in
            try gateway.mocks.set(.balance("250"), for: "sunor")
            for amount in ["0.\(String(repeating: "0", count: 36))1", "0.0000000000000000001", "1e-19"] {
                let refused = try await claim(gateway, "job", body(amount))
                #expect(refused.status == 400, "\(amount)")
                #expect(refused.json?["detail"]?.text?.contains("at most 18 digits") == true, "\(refused.text)")
            }
            #expect(try await claim(gateway, "job", body("0.000000000000000001", #","ttl":"24h""#)).status == 201)
            try gateway.mocks.set(.balance("250.415"), for: "sunor")
            gateway.clock.advance(by: .seconds(3_601))
            let answer = try await gateway.get("/v1/guard?account=sunor&needs=250")
            #expect(answer.json?["decision"]?.text == "yes", "\(answer.text)")
        }
    }

    @Test(.enabled(if: LocalProgram.has("curl"), "curl is not installed"))
    func `the same over HTTP/2, by a hundred programs at once`() async throws {
        let folder = try ScratchFolder()
        defer { folder.remove() }
        let settings = "store: sqlite:\(folder.file("bursar.db"))"
        try await TestGateway.with([Self.account], settings: settings) { gateway async throws in
            // A connection each: Debian's curl 7.88 uses none of prior knowledge twice.
            let lines = try await withThrowingTaskGroup { group in
                for job in 0..<100 {
                    group.addTask {
                        try await LocalProgram.curl(
                            "--http2-prior-knowledge", "-o", "/dev/null", "-w", "%{http_version} %{response_code}",
                            "-H", "Idempotency-Key: job-\(job)", "-d", #"{"account":"sunor/default","amount":"20"}"#,
                            "\(gateway.url)/v1/claims")
                    }
                }
                return try await group.reduce(into: [String]()) { $0.append($1) }
            }
            #expect(lines.count { $0 == "2 201" } == 12 && lines.count { $0 == "2 402" } == 88, "\(lines)")
            #expect(try await gateway.get("/v1/claims").json?["claims"]?.elements?.count == 12)
        }
    }

    @Test func `a store that cannot be written refuses claims and says why, and guards go on from memory, marked`() async throws {
        let folder = try ScratchFolder()
        defer { folder.remove() }
        // A folder where the file should be.
        try FileManager.default.createDirectory(atPath: folder.file("bursar.db"), withIntermediateDirectories: false)
        try await TestGateway.with([Self.account], settings: "store: sqlite:\(folder.file("bursar.db"))") {
            gateway async throws in
            let refused = try await claim(gateway, "job", body())
            #expect(refused.status == 503 && refused.json?["type"]?.text == "urn:bursar:problem:claims_not_kept")
            #expect(refused.json?["detail"]?.text?.contains("the store ") == true, "\(refused.text)")
            #expect(try await gateway.get("/v1/claims").json?["claims"]?.elements?.isEmpty == true)
            let guarded = try await gateway.get("/v1/guard?account=sunor&needs=250&strict")
            #expect(guarded.status == 200 && guarded.json?["decision"]?.text == "yes")
            #expect(guarded.json?["claims_kept"] == .bool(false) && guarded.json?["claimed"]?.text == "0")
            // It comes back by itself, and so do claims.
            try FileManager.default.removeItem(atPath: folder.file("bursar.db"))
            #expect(try await gateway.tells("everything is kept again"))
            #expect(try await claim(gateway, "job", body()).status == 201)
            #expect(try await gateway.get("/v1/guard?account=sunor&needs=1").json?["claims_kept"] == .bool(true))
        }
    }

    @Test func `a repeat is answered as the first request was, without a reading`() async throws {
        try await TestGateway.with(["provider: sunor, key: abcdefgh-1, ttl: 10s, stale_for: 20s"]) { gateway async throws in
            try gateway.mocks.set(.balance("250"), for: "sunor")
            let first = try await claim(gateway, "job", body())
            #expect(first.status == 201)
            try gateway.mocks.set(#require(MockScenario("500")), for: "sunor")
            gateway.clock.advance(by: .seconds(60))
            #expect(try await claim(gateway, "other", body()).status == 503)
            let calls = try gateway.mocks.calls(for: "sunor")
            for more in ["", #","unit":"\#(first.json?["unit"]?.text ?? "")""#] {
                let again = try await claim(gateway, "job", body("20", more))
                #expect(again.status == 200 && again.json?["id"] == first.json?["id"], "\(again.text)")
            }
            for (amount, more) in [("21", ""), ("20", #","ttl":"1h""#), ("20", #","unit":"EUR""#)] {
                #expect(try await claim(gateway, "job", body(amount, more)).status == 409, "\(amount) \(more)")
            }
            #expect(try gateway.mocks.calls(for: "sunor") == calls)
        }
    }

    @Test func `two names of one key share what is claimed, and a guard of either counts it`() async throws {
        let accounts = [Self.account, "provider: sunor, name: again, key: mock-balance-250, ttl: 1h"]
        try await TestGateway.with(accounts) { gateway async throws in
            let all = Array(#"{"account":"sunor/again","amount":"240"}"#.utf8)
            #expect(try await claim(gateway, "a", body("20")).status == 201)
            let refused = try await claim(gateway, "b", all)
            #expect(refused.status == 402 && refused.json?["claimed"]?.text == "20", "\(refused.text)")
            for name in ["default", "again"] {
                let guarded = try await gateway.get("/v1/guard?account=sunor/\(name)&needs=231")
                #expect(guarded.json?["decision"]?.text == "no" && guarded.json?["claimed"]?.text == "20", "\(name)")
            }
        }
    }

    @Test func `a repeat is answered as the first request was, while the store fails`() async throws {
        let folder = try ScratchFolder()
        defer { folder.remove() }
        let path = folder.file("bursar.db")
        try await TestGateway.with([Self.account], settings: "store: sqlite:\(path)") { gateway async throws in
            let first = try await claim(gateway, "job", body())
            #expect(first.status == 201)
            // A folder in its place; the store may begin a new file in between.
            var isBlocked = false
            for _ in 0..<100 where !isBlocked {
                try? FileManager.default.removeItem(atPath: path)
                isBlocked = mkdir(path, 0o700) == 0
            }
            #expect(isBlocked)
            var refused = try await claim(gateway, "other-0", body("1"))
            var number = 0
            try await eventually(
                {
                    guard refused.status != 503 else { return true }
                    number += 1
                    refused = try await claim(gateway, "other-\(number)", body("0.001"))
                    return false
                }, pause: .milliseconds(10), meanwhile: { gateway.clock.advance(by: .seconds(1)) })
            #expect(refused.json?["type"]?.text == "urn:bursar:problem:claims_not_kept", "\(refused.text)")
            let again = try await claim(gateway, "job", body())
            #expect(again.status == 200 && again.json?["id"] == first.json?["id"], "\(again.text)")
            #expect(try await claim(gateway, "job", body("21")).status == 409)
        }
    }

    @Test func `claims outlive the process, and a repeat is the same claim`() async throws {
        let folder = try ScratchFolder()
        defer { folder.remove() }
        let settings = "store: sqlite:\(folder.file("bursar.db"))"
        let first = try await TestGateway.with([Self.account], settings: settings) { gateway async throws in
            var last: TestGateway.Answer?
            for number in 0..<12 { last = try await claim(gateway, "job-\(number)", body()) }
            return last
        }
        #expect(first?.status == 201)
        try await TestGateway.with([Self.account], settings: settings) { gateway async throws in
            #expect(try await claim(gateway, "job-13", body()).status == 402)
            let again = try await claim(gateway, "job-11", body())
            #expect(again.status == 200 && again.json?["id"] == first?.json?["id"])
            #expect(try await claim(gateway, "job-11", body("21")).status == 409)
            let id = try #require(again.json?["id"]?.text)
            #expect(try await gateway.get("/v1/claims/\(id)").json?["state"]?.text == "active")
            #expect(try await gateway.get("/v1/claims/\(id)", method: .DELETE).status == 204)
            #expect(try await gateway.get("/v1/claims/\(id)").json?["state"]?.text == "released")
            #expect(try await claim(gateway, "job-13", body()).status == 201)
            gateway.clock.advance(by: .seconds(601))
            #expect(try await gateway.get("/v1/claims").json?["claims"]?.elements?.isEmpty == true)
            #expect(try await gateway.get("/v1/claims/\(id)").status == 404)
        }
    }

    @Test func `a repeat of a claim that was released is refused: nothing is held for its job`() async throws {
        try await TestGateway.with([Self.account]) { gateway async throws in
            let id = try #require(try await claim(gateway, "job", body()).json?["id"]?.text)
            #expect(try await claim(gateway, "job", body()).status == 200)
            #expect(try await gateway.get("/v1/claims/\(id)", method: .DELETE).status == 204)
            let again = try await claim(gateway, "job", body())
            #expect(again.status == 409 && again.json?["type"]?.text == "urn:bursar:problem:idempotency_conflict")
            #expect(again.json?["detail"]?.text?.contains(id) == true, "\(again.text)")
            #expect(try await claim(gateway, "job-2", body()).status == 201)
            // Its name is free again when its ttl has ended.
            gateway.clock.advance(by: .seconds(601))
            #expect(try await claim(gateway, "job", body()).status == 201)
        }
    }

    @Test func `a claim that cannot be decided names the failure, and when it ends`() async throws {
        try await TestGateway.with(["provider: sunor, key: mock-401"]) { gateway async throws in
            let refused = try await claim(gateway, "job", body())
            #expect(refused.status == 503 && refused.json?["type"]?.text == "urn:bursar:problem:cannot_say")
            let guarded = try await gateway.get("/v1/guard?account=sunor&needs=20").json
            #expect(refused.json?["problem"]?.text == "unauthorized", "\(refused.text)")
            #expect(refused.json?["retry_at"]?.text != nil && refused.json?["retry_at"] == guarded?["retry_at"])
        }
    }

    @Test func `what is wrong with a claim is said, and changes nothing`() async throws {
        try await TestGateway.with([Self.account]) { gateway async throws in
            let wrong: [(String, String)] = [
                ("-1", ""), ("0", ""), ("unlimited", ""), (String(repeating: "9", count: 39), ""), ("1", #","ttl":"0s""#),
                ("1", #","ttl":"25h""#), ("1", #","ttl":"soon""#), ("1", #","other":1"#), ("1", #","unit":"no unit""#)
            ]
            for (number, (amount, more)) in wrong.enumerated() {
                let answer = try await claim(gateway, "wrong-\(number)", body(amount, more))
                #expect(answer.status == 400, "\(amount) \(more)")
            }
            let unit = try await claim(gateway, "unit", body("1", #","unit":"EUR""#))
            #expect(unit.status == 400 && unit.text.contains("It has: "))
            #expect(try await gateway.send("/v1/claims", method: .POST, [], body: body()).status == 400)
            #expect(try await claim(gateway, "json", Array("{".utf8)).status == 400)
            #expect(
                try await claim(gateway, "nobody", Array(#"{"account":"sunor/nobody","amount":"1"}"#.utf8)).status == 404)
            #expect(try await gateway.get("/v1/claims").json?["claims"]?.elements?.isEmpty == true)
        }
    }

    @Test(arguments: [("sec-fetch-site", "cross-site"), ("origin", "https://evil.example")])
    func `a web page of another origin neither makes a claim nor ends one`(name: String, value: String) async throws {
        try await TestGateway.with([Self.account]) { gateway async throws in
            let made = try await claim(gateway, "job", body())
            let id = try #require(made.json?["id"]?.text)
            let refused = try await gateway.send(
                "/v1/claims", method: .POST, [("idempotency-key", "page"), (name, value)], body: body())
            #expect(refused.status == 403 && refused.json?["type"]?.text == "urn:bursar:problem:cross_site", "\(refused.text)")
            #expect(try await gateway.get("/v1/claims/\(id)", method: .DELETE, (name, value)).status == 403)
            let left = try await gateway.get("/v1/claims", (name, value)).json?["claims"]?.elements
            #expect(left?.compactMap { $0["id"]?.text } == [id])
        }
    }

    /// An answer's text but for the name that was asked for, which it may repeat, and the id of its request.
    private static func without(_ name: String, _ answer: TestGateway.Answer) -> String {
        answer.text.replacing(name, with: "…").replacing(/"(request_id|trace_id|instance)": ?"[^"]*"/, with: "")
    }

    @Test func `a client sees and ends its own claims, and nothing of what it may not see`() async throws {
        let (mine, other, elsewhere) = (TestClient("mine"), TestClient("other"), TestClient("elsewhere"))
        let settings = "clients:\n" + mine.line() + other.line() + elsewhere.line(allow: "[legnext]")
        try await TestGateway.with(
            [Self.account, "provider: legnext, key: mock-ok"], settings: settings
        ) { gateway async throws in
            let made = try await gateway.send(
                "/v1/claims", method: .POST, [("idempotency-key", "a"), mine.bearer], body: body())
            #expect(made.status == 201)
            let id = try #require(made.json?["id"]?.text)
            for client in [other, elsewhere] {
                #expect(try await gateway.get("/v1/claims/\(id)", client.bearer).status == 404)
                #expect(try await gateway.get("/v1/claims/\(id)", method: .DELETE, client.bearer).status == 404)
                #expect(try await gateway.get("/v1/claims", client.bearer).json?["claims"]?.elements?.isEmpty == true)
            }
            let calls = try gateway.mocks.calls(for: "sunor")
            var pairs: [(hidden: TestGateway.Answer, absent: TestGateway.Answer)] = []
            func both(_ ask: (String) async throws -> TestGateway.Answer) async throws {
                pairs.append((try await ask("sunor"), try await ask("nowhere")))
            }
            try await both {
                try await gateway.send(
                    "/v1/claims", method: .POST, [("idempotency-key", "b"), elsewhere.bearer], body: body(provider: $0))
            }
            try await both { try await gateway.get("/v1/guard?account=\($0)/default&needs=1", elsewhere.bearer) }
            try await both { try await gateway.get("/v1/explain/\($0)/default", elsewhere.bearer) }
            try await both { try await gateway.get("/v1/balances/\($0)/default/history", elsewhere.bearer) }
            for method in [HTTPMethod.GET, .DELETE] {
                try await both {
                    let name = $0 == "sunor" ? id : "claim_00000000000000000000000000000000"
                    return try await gateway.get("/v1/claims/\(name)", method: method, elsewhere.bearer)
                }
            }
            for (hidden, absent) in pairs {
                #expect(hidden.status == 404 && absent.status == 404, "\(hidden.text)")
                #expect(Self.without("sunor", hidden) == Self.without("nowhere", absent))
            }
            // Nor was the provider asked on behalf of who may not see it.
            #expect(try gateway.mocks.calls(for: "sunor") == calls)
            // What others claimed counts for all.
            let seen = try await gateway.get("/v1/guard?account=sunor&needs=231", other.bearer)
            #expect(seen.json?["decision"]?.text == "no")
        }
    }
}
