import BursarCatalog
import BursarClient
import BursarMocks
import BursarModel
import BursarUpstream
import NIOPosix
import Testing

/// Over real sockets: what a provider can do to a client.
@Suite struct HTTPTransportTests {
    private static let provider = "tensorpix"

    /// Runs `body` with a transport, and with mock providers where it asks for them.
    private func withTransport<Result>(_ body: (HTTPTransport) async throws -> Result) async throws -> Result {
        let transport = HTTPTransport(eventLoopGroup: MultiThreadedEventLoopGroup.singleton)
        do {
            let result = try await body(transport)
            await transport.shutdown()
            return result
        } catch {
            await transport.shutdown()
            throw error
        }
    }

    private func withMocks<Result>(_ body: (MockProviders) async throws -> Result) async throws -> Result {
        let mocks = try await MockProviders.start()
        do {
            let result = try await body(mocks)
            await mocks.stop()
            return result
        } catch {
            await mocks.stop()
            throw error
        }
    }

    private func fetch(_ scenario: String) async throws -> TransportResult {
        try await withMocks { mocks in
            try await withTransport { await $0.fetch(try request(mocks.baseURL(for: Self.provider), key: "mock-\(scenario)")) }
        }
    }

    private func request(_ baseURL: String, key: String = "mock-ok") throws -> UpstreamRequest {
        try #require(UpstreamRequest(try Fixture().account(key, baseURL: baseURL), now: WallTime(seconds: 1_790_000_000)))
    }

    @Test func `a success comes with its status, fields and bytes`() async throws {
        let response = try #require(try await fetch("ok").response)
        #expect(response.status == 200)
        #expect(response.bodyFault == nil)
        #expect(response.values(of: "bursar-mock") == ["ok"])
        let documented = try Fixture.definition().responses.first { $0.status == 200 }
        #expect(response.body == documented?.example)
    }

    @Test func `gzip is undone`() async throws {
        let plain = try #require(try await fetch("ok").response)
        let gzip = try #require(try await fetch("gzip").response)
        #expect(gzip.values(of: "content-encoding") == ["gzip"])
        #expect(gzip.body == plain.body)
    }

    @Test(arguments: [
        ("truncated", TransportFault.truncated), ("huge", .bodyTooLarge), ("gzip-bomb", .bodyTooLarge), ("bad-gzip", .badEncoding)
    ])
    func `a body that cannot be read whole is none`(scenario: String, fault: TransportFault) async throws {
        let response = try #require(try await fetch(scenario).response)
        #expect(response.status == 200)
        #expect(response.bodyFault == fault)
        #expect(response.body.isEmpty)
    }

    @Test func `a redirect is not followed, and its body not read`() async throws {
        try await withMocks { mocks in
            let result = try await withTransport {
                await $0.fetch(try request(mocks.baseURL(for: Self.provider), key: "mock-redirect"))
            }
            let response = try #require(result.response)
            #expect(response.status == 302)
            #expect(response.body.isEmpty)
            #expect(try mocks.redirectsFollowed(for: Self.provider) == 0)
        }
    }

    @Test func `a reset before the head is one`() async throws {
        #expect(try await fetch("reset").fault == .reset)
    }

    @Test func `a refused connection fails at once`() async throws {
        let server = try await RawServer(answering: "", closes: true)
        await server.stop()
        let result = try await withTransport { await $0.fetch(try request("http://127.0.0.1:\(server.port)")) }
        #expect(result.fault == .refused)
    }

    @Test func `a name that does not exist is unresolved`() async throws {
        // RFC 6761 keeps .invalid free. Where no resolver can be reached at all, the connect timeout ends it.
        let result = try await withTransport { await $0.fetch(try request("http://no-such-host.invalid")) }
        #expect(result.fault == .unresolved || result.fault == .connectTimeout)
    }

    @Test func `what speaks no TLS is a failure of TLS`() async throws {
        let server = try await RawServer(answering: "HTTP/1.1 400 Bad Request\r\n\r\n", closes: true)
        let result = try await withTransport { await $0.fetch(try request("https://127.0.0.1:\(server.port)")) }
        #expect(result.fault == .noTLS)
        await server.stop()
    }

    @Test(arguments: ["no http at all\r\n\r\n", "HTTP/1.1 abc\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n"])
    func `what is no HTTP is called so`(answer: String) async throws {
        let server = try await RawServer(answering: answer, closes: true)
        let result = try await withTransport { await $0.fetch(try request("http://127.0.0.1:\(server.port)")) }
        #expect(result.fault == .badHTTP)
        await server.stop()
    }

    @Test func `a URL that is none, and a credential that no header may carry, are not sent`() async throws {
        try await withTransport { transport in
            for (url, key) in [("not a url", "mock-ok"), ("http://", "mock-ok"), ("http://127.0.0.1:1", "a\r\nX-Evil: 1")] {
                let result = await transport.fetch(try request(url, key: key))
                #expect(result.fault == .unwritable)
            }
        }
    }

    @Test(arguments: ["hang", "stalled"])
    func `a cancelled call ends although the provider never does`(scenario: String) async throws {
        try await withMocks { mocks in
            try await withTransport { transport in
                let request = try request(mocks.baseURL(for: Self.provider), key: "mock-\(scenario)")
                let task = Task { await transport.fetch(request) }
                try await mocks.waitForCalls(1, for: Self.provider)
                task.cancel()
                let result = await task.value
                #expect(result.fault == .cancelled || result.response?.bodyFault == .cancelled)
            }
        }
    }

    @Test func `a transport that goes without a shutdown traps nothing`() async throws {
        let server = try await RawServer(answering: "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}", closes: false)
        let request = try request("http://127.0.0.1:\(server.port)")
        for _ in 0..<3 {
            let transport = HTTPTransport(eventLoopGroup: MultiThreadedEventLoopGroup.singleton)
            #expect(await transport.fetch(request).response?.status == 200)
        }
        await server.stop()
    }

    @Test func `a warm transport answers as a cold one does, and warming asks no provider`() async throws {
        try await withMocks { mocks in
            try await withTransport { transport in
                await transport.warmUp()
                #expect(try mocks.calls(for: Self.provider) == 0)
                let result = await transport.fetch(try request(mocks.baseURL(for: Self.provider)))
                #expect(result.response?.status == 200)
            }
        }
    }

    @Test func `connections are kept`() async throws {
        let server = try await RawServer(answering: "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}", closes: false)
        let request = try request("http://127.0.0.1:\(server.port)")
        try await withTransport { transport in
            for _ in 0..<5 {
                let response = try #require(await transport.fetch(request).response)
                #expect(response.body == Array("{}".utf8))
            }
        }
        #expect(server.connections == 1)
        await server.stop()
    }

    @Test func `an interim answer is passed over`() async throws {
        let answer = "HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"
        let server = try await RawServer(answering: answer, closes: true)
        let result = try await withTransport { await $0.fetch(try request("http://127.0.0.1:\(server.port)")) }
        #expect(result.response?.status == 200)
        await server.stop()
    }
}

extension TransportResult {
    var response: UpstreamResponse? {
        if case .response(let response) = self { response } else { nil }
    }
    var fault: TransportFault? {
        if case .fault(let fault) = self { fault } else { nil }
    }
}
