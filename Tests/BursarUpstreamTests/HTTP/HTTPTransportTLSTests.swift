import BursarClient
import BursarModel
import BursarUpstream
import Foundation
import NIOCore
import NIOPosix
import TestSupport
import Testing

/// Against a TLS server with a certificate made for the run.
@Suite(.timeLimit(.minutes(2)), .enabled(if: LocalProgram.has("openssl"), "the openssl command is not installed"))
struct HTTPTransportTLSTests {
    private func request(_ port: Int, host: String = "localhost") throws -> UpstreamRequest {
        try #require(
            UpstreamRequest(try Fixture().account(baseURL: "https://\(host):\(port)"), now: WallTime(seconds: 1_790_000_000)))
    }

    private func trusting(_ certificate: String) throws -> UpstreamSettings {
        var settings = UpstreamSettings()
        settings.authorities = TrustedAuthorities(pem: Array(try Data(contentsOf: URL(fileURLWithPath: certificate))))
        return settings
    }

    private func fetch(_ request: UpstreamRequest, _ settings: UpstreamSettings, times: Int = 1) async -> TransportResult {
        let transport = HTTPTransport(eventLoopGroup: MultiThreadedEventLoopGroup.singleton, settings: settings)
        var result = await transport.fetch(request)
        for _ in 1..<times { result = await transport.fetch(request) }
        await transport.shutdown()
        return result
    }

    /// C14: nothing of HTTP/2 can be done to a client that does not speak it.
    @Test func `HTTP/1.1 is spoken where HTTP/2 is offered too, on one connection`() async throws {
        try await SecureServer.with { server in
            let request = try request(server.port)
            let settings = try trusting(server.certificate)
            let transport = HTTPTransport(eventLoopGroup: MultiThreadedEventLoopGroup.singleton, settings: settings)
            for _ in 0..<3 {
                let response = try #require(await transport.fetch(request).response)
                #expect(String(decoding: response.body, as: UTF8.self) == "HTTP/1.1")
            }
            await transport.shutdown()
        }
    }

    @Test func `a certificate that nobody vouches for is refused`() async throws {
        try await SecureServer.with { server in
            let request = try request(server.port)
            #expect(await fetch(request, UpstreamSettings()).fault == .untrusted)
            #expect(server.requests == 0)
        }
    }

    @Test func `a certificate that other authorities vouch for is refused`() async throws {
        try await SecureServer.with { server in
            try await SecureServer.withCertificate { other, _ in
                let request = try request(server.port)
                let settings = try trusting(other)
                #expect(await fetch(request, settings).fault == .untrusted)
                #expect(server.requests == 0)
            }
        }
    }

    @Test func `a certificate for another name is refused`() async throws {
        try await SecureServer.with { server in
            let request = try request(server.port, host: "127.0.0.1")
            let settings = try trusting(server.certificate)
            #expect(await fetch(request, settings).fault == .otherName)
            #expect(server.requests == 0)
        }
    }

    /// C1: what a name resolves to is not its certificate's business. C18: common names and wildcards that stand for everybody.
    @Test(arguments: [
        ("localhost", "DNS:localhost", true), ("127.0.0.1", "IP:127.0.0.1", true),
        ("localhost", "DNS:other.test,IP:127.0.0.1", false), ("localhost", nil, false), ("localhost", "DNS:*", false),
        ("localhost", "DNS:local*", false), ("127.0.0.1", "DNS:127.0.0.1", false), ("127.0.0.1", "IP:127.0.0.2", false)
    ])
    func `C1, C18: a certificate counts by the name that was asked for and by nothing else`(
        host: String, names: String?, isGood: Bool
    ) async throws {
        try await SecureServer.with(names: names) { server in
            let request = try request(server.port, host: host)
            let settings = try trusting(server.certificate)
            let result = await fetch(request, settings)
            #expect(result.fault == (isGood ? nil : .otherName))
            #expect(server.requests == (isGood ? 1 : 0))
        }
    }

    @Test(arguments: [("-tls1", TransportFault.tls), ("-tls1_1", .tls), ("-tls1_2", nil), ("-tls1_3", nil)])
    func `TLS below 1.2 is refused`(version: String, fault: TransportFault?) async throws {
        try await SecureServer.withCertificate { certificate, key in
            let port = try await LocalProgram.freePort()
            // Level 0, or openssl itself refuses what is old.
            let server = try SecureServer.process([
                "s_server", "-accept", "127.0.0.1:\(port)", "-cert", certificate, "-key", key, version, "-cipher",
                "DEFAULT:@SECLEVEL=0", "-www", "-quiet"
            ])
            try server.run()
            // Not asked to end: it may have been born with the signal ignored.
            defer { kill(server.processIdentifier, SIGKILL) }
            let request = try request(port)
            let settings = try trusting(certificate)
            var result = await fetch(request, settings)
            // Until it listens, or is gone.
            try await eventually(
                {
                    if result.fault == .refused { result = await fetch(request, settings) }
                    return result.fault != .refused || !server.isRunning
                }, pause: .milliseconds(20))
            #expect(result.fault == fault, "\(version)")
            if fault == nil { #expect(result.response?.status == 200) }
        }
    }

    @Test func `a provider's name that leads to a private address gets no request over TLS either`() async throws {
        try await SecureServer.with { server in
            var request = try request(server.port)
            request.reach = .provider
            var settings = try trusting(server.certificate)
            #expect(await fetch(request, settings, times: 50).fault == .privateAddress)
            #expect(server.requests == 0)
            settings.allowsPrivateAddresses = true
            #expect(await fetch(request, settings).response?.status == 200)
            #expect(server.requests == 1)
        }
    }

    @Test func `through a proxy, TLS is end to end and the key unseen`() async throws {
        try await SecureServer.with { server in
            let proxy = try await TunnelProxy()
            var request = try request(server.port)
            request.reach = .provider
            var settings = try trusting(server.certificate)
            settings.proxy = ProxyServer(
                host: "127.0.0.1", port: proxy.port, user: "bursar", password: Secret("proxy-password-1"))
            let response = try #require(await fetch(request, settings).response)
            #expect(String(decoding: response.body, as: UTF8.self) == "HTTP/1.1")
            #expect(proxy.connections == 1)
            let head = String(decoding: proxy.received.prefix(500), as: UTF8.self)
            #expect(head.hasPrefix("CONNECT localhost:\(server.port) HTTP/1.1\r\n"))
            #expect(head.lowercased().contains("proxy-authorization: basic ynvyc2fyonbyb3h5lxbhc3n3b3jkltE=".lowercased()))
            #expect(!Scrubber([request.secret]).finds(in: proxy.received))
            await proxy.stop()
        }
    }

    @Test(arguments: [
        "HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n"
    ])
    func `a proxy that makes no tunnel is told as such`(answer: String) async throws {
        let proxy = try await TunnelProxy(refusing: answer)
        var request = try request(443, host: "provider.example")
        request.reach = .provider
        var settings = UpstreamSettings()
        settings.proxy = ProxyServer(host: "127.0.0.1", port: proxy.port)
        #expect(await fetch(request, settings).fault == .proxy)
        await proxy.stop()
    }
}
