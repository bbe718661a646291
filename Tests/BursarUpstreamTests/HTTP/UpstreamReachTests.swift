import BursarCatalog
import BursarClient
import BursarMocks
import BursarModel
import NIOPosix
import TestSupport
import Testing

@testable import BursarUpstream

/// Where a request with a key may go.
@Suite struct UpstreamReachTests {
    @Test func `whose choice an address is`() throws {
        let definition = try Fixture.definition()
        func reach(_ url: String) -> UpstreamReach { UpstreamReach(baseURL: url, definition: definition) }
        #expect(reach(definition.origin) == .provider)
        for url in [
            "http://127.0.0.1:9000/x", "http://localhost", "https://localhost:8443/a", "http://[::1]:80", "http://127.1.2.3"
        ] {
            #expect(reach(url) == .thisMachine)
        }
        for url in ["https://proxy.example/x", "https://10.0.0.1", "https://localhost.example", "https://127.0.0.1.example"] {
            #expect(reach(url) == .chosen)
        }
    }

    private static let provider = "tensorpix"

    private func fetch(
        _ baseURL: String, _ reach: UpstreamReach?, _ settings: UpstreamSettings = UpstreamSettings(), times: Int = 1
    ) async throws -> TransportResult {
        var request = try #require(
            UpstreamRequest(try Fixture().account("mock-ok", baseURL: baseURL), now: WallTime(seconds: 1_790_000_000)))
        if let reach { request.reach = reach }
        let transport = HTTPTransport(eventLoopGroup: MultiThreadedEventLoopGroup.singleton, settings: settings)
        var result = await transport.fetch(request)
        for _ in 1..<times { result = await transport.fetch(request) }
        await transport.shutdown()
        return result
    }

    @Test func `a provider's name that leads to this machine gets no request`() async throws {
        let mocks = try await MockProviders.start()
        let url = mocks.baseURL(for: Self.provider)
        #expect(try await fetch(url, .provider, times: 50).fault == .privateAddress)
        #expect(try mocks.calls(for: Self.provider) == 0)
        #expect(try await fetch(url, .chosen).response?.status == 200)
        #expect(try await fetch(url, nil).response?.status == 200)
        var settings = UpstreamSettings()
        settings.allowsPrivateAddresses = true
        #expect(try await fetch(url, .provider, settings).response?.status == 200)
        #expect(try mocks.calls(for: Self.provider) == 3)
        await mocks.stop()
    }

    @Test func `a refused connection is closed and not kept`() async throws {
        let server = try await RawServer(answering: "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}", closes: false)
        #expect(try await fetch("http://127.0.0.1:\(server.port)", .provider, times: 5).fault == .privateAddress)
        // Accepted in order, and each counted on a loop of its own.
        #expect(try await fetch("http://127.0.0.1:\(server.port)", .chosen).response?.status == 200)
        try await eventually { server.connections >= 6 }
        #expect(server.connections == 6)
        await server.stop()
    }

    @Test func `neither this machine nor anything without TLS is asked through the proxy`() async throws {
        let mocks = try await MockProviders.start()
        let proxy = try await TunnelProxy()
        var settings = UpstreamSettings()
        settings.proxy = ProxyServer(host: "127.0.0.1", port: proxy.port)
        #expect(try await fetch(mocks.baseURL(for: Self.provider), nil, settings).response?.status == 200)
        #expect(proxy.connections == 0)
        #expect(try await fetch(mocks.baseURL(for: Self.provider), .chosen, settings).response?.status == 200)
        #expect(proxy.connections == 0)
        await proxy.stop()
        await mocks.stop()
    }
}
