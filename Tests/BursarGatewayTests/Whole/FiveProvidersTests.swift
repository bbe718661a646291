import BursarCatalog
import BursarGateway
import BursarMocks
import BursarModel
import NIOHTTP1
import Testing

@Suite struct FiveProvidersTests {
    @Test(arguments: TestGateway.routes.keys.sorted())
    func `a provider route re-emits the upstream's bytes, and shares one upstream call with the balances`(provider: String)
        async throws
    {
        try await TestGateway.with(["provider: \(provider), key: mock-ok"]) { gateway async throws in
            let path = try #require(TestGateway.routes[provider])
            let route = try await gateway.get(path)
            let list = try await gateway.get("/v1/balances")
            let id = try #require(ProviderID(provider))
            let definition = try #require(try Catalog.builtIn()[id])
            let example = try #require(definition.responses.first { $0.status == 200 }?.example)
            #expect(route.status == 200)
            #expect(route.bytes == example)
            #expect(list.status == 200)
            #expect(list.row(0)?["status"] == "fresh")
            #expect(list.row(0)?["available"]?.text != nil)
            #expect(try gateway.mocks.calls(for: provider) == 1)
        }
    }

    @Test func `one call answers for all five, in configuration order, with the digits as sent`() async throws {
        try await TestGateway.with([
            "provider: tensorpix, key: mock-balance-12.3400", "provider: legnext, key: mock-ok", "provider: sunor, key: mock-ok",
            "provider: hyper3d, key: mock-balance-0.5", "provider: deepixels, key: mock-ok"
        ]) { gateway async throws in
            let answer = try await gateway.get("/v1/balances")
            #expect(answer.status == 200)
            #expect(answer.json?["complete"] == true)
            #expect(answer.headers.first(name: "bursar-complete") == "true")
            #expect(
                (0..<5).map { answer.row($0)?["provider"]?.text } == ["tensorpix", "legnext", "sunor", "hyper3d", "deepixels"])
            #expect(answer.row(0)?["available"] == "12.3400")
            #expect(answer.row(1)?["amounts"]?.elements?.count == 3)
            #expect(answer.row(3)?["available"] == "0.5")
            #expect(answer.headers.first(name: "cache-control") == "private, max-age=30")
        }
    }

    @Test func `the cold answer and the warm one are the same reading`() async throws {
        try await TestGateway.with(TestGateway.five) { gateway async throws in
            let cold = try await gateway.get("/v1/balances")
            let warm = try await gateway.get("/v1/balances")
            let hit = try await gateway.get("/v1/balances")
            #expect(cold.json?["balances"] == warm.json?["balances"])
            #expect(warm.bytes == hit.bytes)
            #expect(hit.headers.first(name: "cache-status") == "bursar; hit")
            let tag = try #require(hit.headers.first(name: "etag"))
            let unchanged = try await gateway.get("/v1/balances", ("if-none-match", tag))
            #expect(unchanged.status == 304)
            #expect(unchanged.bytes.isEmpty)
            for provider in TestGateway.routes.keys { #expect(try gateway.mocks.calls(for: provider) == 1) }
        }
    }

    @Test func `a thousand cold callers make one upstream call`() async throws {
        try await TestGateway.with(["provider: sunor, key: mock-slow-150ms"]) { gateway async throws in
            let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
                for index in 0..<1_000 {
                    group.addTask {
                        try await gateway.get(index % 2 == 0 ? "/v1/balances" : "/providers/sunor/api/v1/account/balance").status
                    }
                }
                return try await group.reduce(into: Set<Int>()) { $0.insert($1) }
            }
            #expect(statuses == [200])
            #expect(try gateway.mocks.calls(for: "sunor") == 1)
        }
    }

    @Test func `HEAD has the head of GET and no body`() async throws {
        try await TestGateway.with(TestGateway.five) { gateway async throws in
            for path in [
                "/v1/balances", "/v1/providers", "/livez", "/openapi.json", "/", "/providers/sunor/api/v1/account/balance"
            ] {
                let get = try await gateway.get(path)
                let head = try await gateway.get(path, method: .HEAD)
                #expect(head.status == get.status, "\(path)")
                #expect(head.bytes.isEmpty)
                #expect(head.headers.first(name: "content-type") == get.headers.first(name: "content-type"))
            }
        }
    }
}
