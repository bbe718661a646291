import NIOHTTP1
import TestSupport
import Testing

@testable import BursarGateway

/// What web pages of other origins are granted.
@Suite struct CrossOriginTests {
    private let accounts = ["provider: sunor, key: mock-ok"]
    private let app = ("origin", "https://app.example")
    private let evil = ("origin", "https://evil.example")

    @Test func `without a list there is no grant and no answer to a preflight`() async throws {
        try await TestGateway.with(accounts) { gateway async throws in
            #expect(try await gateway.get("/v1/balances", app).headers.first(name: "access-control-allow-origin") == nil)
            let preflight = try await gateway.get(
                "/v1/balances", method: .OPTIONS, app, ("access-control-request-method", "GET"))
            #expect(preflight.status == 204)
            #expect(preflight.headers.first(name: "access-control-allow-origin") == nil)
        }
    }

    @Test func `a listed origin may read, warm or not, and another may not`() async throws {
        try await TestGateway.with(accounts, settings: "cors: ['https://app.example']") { gateway async throws in
            for path in ["/v1/balances", TestGateway.routes["sunor"] ?? "", "/v1/providers", "/nothing"] {
                var bodies: Set<String> = []
                for _ in 0..<3 {
                    let granted = try await gateway.get(path, app)
                    #expect(granted.headers["access-control-allow-origin"] == ["https://app.example"], "\(path)")
                    #expect(granted.headers["vary"].joined(separator: ", ").contains("origin") || granted.status == 404)
                    let other = try await gateway.get(path, evil)
                    #expect(other.headers.first(name: "access-control-allow-origin") == nil, "\(path)")
                    #expect(other.status == granted.status)
                    if granted.status == 200 { bodies.insert(granted.text) }
                    #expect(granted.headers.first(name: "etag") == other.headers.first(name: "etag") || granted.status == 404)
                }
                #expect(bodies.count <= 2)
            }
            let tag = try #require(try await gateway.get("/v1/balances", app).headers.first(name: "etag"))
            let unchanged = try await gateway.get("/v1/balances", app, ("if-none-match", tag))
            #expect(unchanged.status == 304 && unchanged.bytes.isEmpty)
            #expect(unchanged.headers.first(name: "access-control-allow-origin") == "https://app.example")
            let head = try await gateway.get("/v1/balances", method: .HEAD, app)
            #expect(head.status == 200 && head.bytes.isEmpty)
        }
    }

    @Test func `a preflight is answered to a listed origin, with what a page needs and no credential`() async throws {
        let client = TestClient("page")
        try await TestGateway.with(accounts, settings: "cors: ['https://app.example']\nclients:\n" + client.line()) {
            gateway async throws in
            let ask = ("access-control-request-method", "GET")
            let preflight = try await gateway.get(
                TestGateway.routes["sunor"] ?? "", method: .OPTIONS, app, ask, ("access-control-request-private-network", "true"))
            #expect(preflight.status == 204)
            #expect(preflight.headers["access-control-allow-origin"] == ["https://app.example"])
            #expect(preflight.headers["access-control-allow-methods"] == ["GET, HEAD"])
            #expect(preflight.headers["access-control-allow-private-network"] == ["true"])
            let allowed = preflight.headers["access-control-allow-headers"].joined(separator: ", ")
            for name in ["authorization", "bursar-token", "x-api-key", "cache-control", "if-none-match"] {
                #expect(allowed.contains(name))
            }
            #expect(preflight.headers.first(name: "access-control-allow-credentials") == nil)
            // A key's header belongs to the routes of its provider.
            let elsewhere = try await gateway.get("/v1/balances", method: .OPTIONS, app, ask)
            #expect(elsewhere.headers["access-control-allow-headers"].joined().contains("x-api-key") == false)
            #expect(try await gateway.get("/v1/balances", method: .OPTIONS, evil, ask).status == 401)
            // A grant is no right.
            let without = try await gateway.get("/v1/balances", app)
            #expect(without.status == 401)
            #expect(without.headers["access-control-allow-origin"] == ["https://app.example"])
            #expect(try await gateway.get("/v1/balances", app, client.bearer).status == 200)
        }
    }
}
