import NIOHTTP1
import TestSupport
import Testing

@testable import BursarGateway

/// The documented configurations, with the real programs.
@Suite(.serialized, .timeLimit(.minutes(5)), .enabled(if: LocalProgram.has("curl"), "curl is not installed"))
struct ReverseProxyTests {
    @Test func `the document has an example of each kind`() {
        #expect(ProxyExample.Kind.allCases.allSatisfy { kind in ProxyExample.all.contains { $0.kind == kind } })
    }

    @Test(
        .enabled(if: LocalProgram.has("nginx"), "nginx is not installed"),
        arguments: ProxyExample.all.filter { $0.kind == .nginx })
    func `nginx passes on what the gateway says`(example: ProxyExample) async throws { try await check(example) }

    @Test(
        .enabled(if: LocalProgram.has("haproxy"), "haproxy is not installed"),
        arguments: ProxyExample.all.filter { $0.kind == .haproxy })
    func `HAProxy passes on what the gateway says`(example: ProxyExample) async throws { try await check(example) }

    @Test(
        .enabled(if: LocalProgram.has("caddy"), "caddy is not installed"),
        arguments: ProxyExample.all.filter { $0.kind == .caddy })
    func `Caddy passes on what the gateway says`(example: ProxyExample) async throws { try await check(example) }

    private func check(_ example: ProxyExample) async throws {
        try await RealProxy.with(example, TestGateway.five) { proxy, gateway in
            try await compare(proxy, gateway, isHTTP2: example.text.contains("h2"))
        }
    }

    private func compare(_ proxy: RealProxy, _ gateway: TestGateway, isHTTP2: Bool) async throws {
        let direct = try await gateway.get("/v1/balances")
        #expect(direct.status == 200)
        #expect(try await LocalProgram.curl(proxy.url + "/v1/balances") == direct.text)
        #expect(try await LocalProgram.curl("--compressed", proxy.url + "/v1/balances") == direct.text)
        let packed = try await LocalProgram.curl("-i", "-o", "/dev/null", "-D", "-", "--compressed", proxy.url + "/v1/balances")
        #expect(packed.lowercased().contains("content-encoding: gzip"), "\(packed)")

        // The tag as a client behind this proxy sees it: Caddy asks for gzip also where its client did not.
        let seen = try await LocalProgram.curl("-i", proxy.url + "/v1/balances")
        let etag = seen.split(separator: "\r\n").first { $0.lowercased().hasPrefix("etag: ") }?.dropFirst(6) ?? "none"
        let held = try await LocalProgram.curl("-i", "-H", "If-None-Match: \(etag)", proxy.url + "/v1/balances")
        #expect(held.split(separator: "\r\n").first?.contains(" 304") == true, "\(held)")

        for (provider, route) in TestGateway.routes {
            let answer = try await gateway.get(route).text
            #expect(try await LocalProgram.curl(proxy.url + route) == answer, "\(provider)")
        }
        let missing = try await LocalProgram.curl("-i", proxy.url + "/v1/nothing")
        #expect(missing.contains(" 404") && missing.contains("application/problem+json"), "\(missing)")

        // From another of this machine's addresses: the proxy's own is 127.0.0.1.
        #expect(try await LocalProgram.curl("--interface", "127.0.0.7", proxy.url + "/livez").contains("alive"))
        #expect(await gateway.log.contains("\"peer\":\"127.0.0.7\""))
        if isHTTP2 { #expect(gateway.log.text.contains("\"protocol\":\"HTTP/2")) }
    }
}
