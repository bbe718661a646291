import BursarCatalog
import BursarMocks
import Testing

@testable import BursarGateway

/// `limit` and `cursor`, and lists of many accounts.
@Suite(.timeLimit(.minutes(2)))
struct PagesTests {
    private func names(_ answer: TestGateway.Answer) -> [String] {
        (answer.json?["balances"]?.elements ?? []).compactMap { $0["account"]?.text }
    }

    private let seven = (1...7).map { "provider: sunor, name: a\($0), key: pages-key-\($0)" }

    @Test func `pages show each row once, in order, and ask their own providers only`() async throws {
        try await TestGateway.with(seven) { gateway async throws in
            var seen: [String] = []
            var cursor: String?
            repeat {
                let answer = try await gateway.get("/v1/balances?limit=3" + (cursor.map { "&cursor=\($0)" } ?? ""))
                #expect(answer.status == 200)
                seen += names(answer)
                if cursor == nil { #expect(try gateway.mocks.calls(for: "sunor") == 3) }
                #expect(answer.json?["summary"]?["accounts"]?.integer == names(answer).count)
                cursor = answer.json?["next"]?.text
            } while cursor != nil
            #expect(seen == (1...7).map { "a\($0)" })
            #expect(try await gateway.get("/v1/balances").json?["next"] == nil)
        }
    }

    @Test func `a cursor outlives accounts that come and go, but not its own row`() async throws {
        try await TestGateway.with(seven) { gateway async throws in
            let cursor = try await gateway.get("/v1/balances?limit=3").json?["next"]?.text ?? ""
            await gateway.reload(Array(seven[2...5]))
            #expect(names(try await gateway.get("/v1/balances?limit=3&cursor=\(cursor)")) == ["a4", "a5", "a6"])
            await gateway.reload(Array(seven[3...]))
            let gone = try await gateway.get("/v1/balances?limit=3&cursor=\(cursor)")
            #expect(gone.status == 400)
            #expect(gone.text.contains("Begin again"))
        }
    }

    @Test(arguments: ["limit=0", "limit=-1", "limit=x", "limit=100001", "limit=99999999999999999999", "cursor=", "cursor=a/b/c"])
    func `what is no page is refused`(query: String) async throws {
        try await TestGateway.with([]) { gateway async throws in
            #expect(try await gateway.get("/v1/balances?\(query)").status == 400)
        }
    }

    @Test func `a long list is complete, and one changed reading renders one row`() async throws {
        let accounts = (1...600).map { "provider: sunor, name: a\($0), key: pages-key-\($0), ttl: 1h" }
        try await TestGateway.with(accounts) { gateway async throws in
            let first = try await gateway.get("/v1/balances")
            #expect(names(first) == (1...600).map { "a\($0)" })
            let rendered = gateway.gateway.rowsRendered
            _ = try await gateway.get("/v1/balances/sunor/a300", ("cache-control", "no-cache"))
            let second = try await gateway.fresh("/v1/balances")
            #expect(second.json?["summary"]?["fresh"]?.integer == 600)
            #expect(gateway.gateway.rowsRendered - rendered == 1)
        }
    }
}
