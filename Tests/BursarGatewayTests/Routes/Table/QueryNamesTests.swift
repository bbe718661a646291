import BursarCatalog
import BursarMocks
import NIOHTTP1
import TestSupport
import Testing

@testable import BursarGateway

/// What a query may have is said by the table of routes, for all of them.
@Suite(.timeLimit(.minutes(2)))
struct QueryNamesTests {
    @Test func `an unknown name is refused with the one that was meant, and is not repeated`() throws {
        let names: QueryNames = ["provider", "pretty"]
        func refusal(_ text: String) throws -> String? { names.refusal(of: try #require(Query(text))) }
        #expect(try refusal("provider=a&pretty") == nil)
        #expect(
            try refusal("provders=a") == "Unknown query parameter. Did you mean provider? Known are: provider, pretty.")
        #expect(try refusal("whatever=a") == "Unknown query parameter. Known are: provider, pretty.")
        #expect(try refusal("pretty=banana") == "The query parameter pretty takes true, false or nothing.")
        let none: QueryNames = []
        #expect(none.refusal(of: try #require(Query("x=1"))) == "Unknown query parameter. None is known here.")
        #expect(QueryNames.anything.refusal(of: try #require(Query("x=1&pretty=banana"))) == nil)
    }

    private static let paths = [
        "/v1/balances", "/v1/balances/sunor", "/v1/balances/sunor/default", "/v1/balances/sunor/default/history",
        "/v1/guard?account=sunor&needs=1", "/v1/claims", "/v1/explain/sunor/default", "/v1/alerts", "/v1/providers", "/v1/status",
        "/openapi.json"
    ]

    private static func adding(_ parameter: String, to path: String) -> String {
        path + (path.contains("?") ? "&" : "?") + parameter
    }

    @Test func `every answer in JSON is laid out where that is asked for, and says the same`() async throws {
        let folder = try ScratchFolder()
        defer { folder.remove() }
        let settings = "store: sqlite:\(folder.file("bursar.db"))"
        try await TestGateway.with(["provider: sunor, key: mock-ok"], settings: settings) { gateway async throws in
            _ = try await gateway.get("/v1/balances")
            for path in Self.paths {
                let plain = try await gateway.get(path)
                let pretty = try await gateway.get(Self.adding("pretty", to: path))
                #expect(plain.status == 200 && pretty.status == 200, "\(path): \(pretty.text)")
                #expect(pretty.text.contains("\n  \"") && !plain.text.contains("\n  \""), "\(path)")
                let names = plain.json?.members?.members.map(\.key)
                #expect(names != nil && pretty.json?.members?.members.map(\.key) == names, "\(path)")
                let off = try await gateway.get(Self.adding("pretty=no", to: path))
                #expect(off.status == 200 && !off.text.contains("\n  \""), "\(path)")
                #expect(try await gateway.get(Self.adding("pretty=banana", to: path)).status == 400, "\(path)")
                let unknown = try await gateway.get(Self.adding("prety", to: path))
                #expect(unknown.status == 400 && unknown.text.contains("Did you mean pretty?"), "\(path): \(unknown.text)")
            }
            // CSV is no JSON.
            let csv = try await gateway.get("/v1/balances/sunor/default/history?format=csv&pretty")
            #expect(csv.status == 200 && csv.text.hasPrefix("at,until,"))
        }
    }

    @Test func `what changes something takes no parameter that it does not read`() async throws {
        let folder = try ScratchFolder()
        defer { folder.remove() }
        try await TestGateway.with(
            ["provider: sunor, key: mock-ok"], listen: TestGateway.listening(at: folder.file("b.sock"))
        ) { gateway async throws in
            for (path, method) in [
                ("/v1/cooldowns/sunor/default?x=1", HTTPMethod.DELETE), ("/admin/reload?x=1", .POST),
                ("/v1/alerts/mutes/sunor/default?for=2h&x=1", .PUT), ("/v1/alerts/mutes/sunor/default?for=2h", .DELETE),
                ("/v1/alerts/test?targets=ops", .POST)
            ] {
                let answer = try await gateway.asOperator(path, method: method)
                #expect(answer.status == 400 && answer.text.contains("Unknown query parameter."), "\(path): \(answer.text)")
                // Whoever may not ask does not learn that.
                #expect(try await gateway.get(path, method: method).status == 403, "\(path)")
            }
            #expect(try await gateway.asOperator("/v1/cooldowns/sunor/default", method: .DELETE).status == 204)
        }
    }

    @Test func `probes and the page's files ignore what stands there`() async throws {
        try await TestGateway.with(["provider: sunor, key: mock-ok"]) { gateway async throws in
            for path in ["/livez", "/readyz", "/metrics", "/", "/page.js"] {
                #expect(try await gateway.get(path + "?x=1&pretty=banana").status == 200, "\(path)")
            }
        }
    }
}
