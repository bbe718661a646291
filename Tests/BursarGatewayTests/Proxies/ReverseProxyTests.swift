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

    // nginx, HAProxy and Caddy pass a visitor's Forwarded on unless they are told not to.
    @Test(arguments: ProxyExample.all + ProxyExample.underPrefix)
    func `each documented proxy that names its client removes a visitor's Forwarded`(example: ProxyExample) {
        // The PROXY protocol names the client before there is any header.
        guard !example.text.contains("send-proxy") else { return }
        switch example.kind {
        case .nginx:
            #expect(example.text.contains("proxy_set_header X-Forwarded-For $remote_addr;"))
            #expect(example.text.contains("proxy_set_header Forwarded \"\";"))
        case .haproxy:
            #expect(example.text.contains("option forwardfor\n"))
            #expect(example.text.contains("http-request del-header Forwarded\n"))
        case .caddy:
            // It writes X-Forwarded-For without being told.
            #expect(example.text.contains("header_up -Forwarded\n"))
        }
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

    private static let underPrefix = (ProxyExample.all.filter { !$0.prefix.isEmpty } + ProxyExample.underPrefix)
        .filter { LocalProgram.has($0.kind.rawValue) }

    @Test func `there is an example under a prefix of each kind`() {
        let kinds = ProxyExample.all.filter { !$0.prefix.isEmpty }.map(\.kind.rawValue)
        #expect(kinds.sorted() == ProxyExample.Kind.allCases.map(\.rawValue).sorted())
    }

    // Part D: the page asks relative to its address. Without the last slash its files are looked for beside the prefix.
    @Test(.enabled(if: !underPrefix.isEmpty, "no proxy is installed"), arguments: underPrefix)
    func `D: a prefix without its last slash leads to the page with it, and the page's files are there`(example: ProxyExample)
        async throws
    {
        try await RealProxy.with(example, TestGateway.five) { proxy, _ in
            let bare = try await LocalProgram.curl("-i", proxy.url)
            let location = bare.split(separator: "\r\n").first { $0.lowercased().hasPrefix("location: ") } ?? ""
            #expect(bare.hasPrefix("HTTP/1.1 30") && location.hasSuffix(example.prefix + "/"), "\(bare)")
            let page = try await LocalProgram.curl(proxy.url + "/")
            let files = page.matches(of: /(?:src|href)="([^"#:]+)"/).map { String($0.1) }
            #expect(files.contains { $0.hasSuffix(".js") } && files.contains { $0.hasSuffix(".css") }, "\(files)")
            for file in files {
                #expect(!file.hasPrefix("/"), "\(file)")
                let answer = try await LocalProgram.curl("-o", "/dev/null", "-w", "%{http_code}", proxy.url + "/" + file)
                #expect(answer == "200", "\(file)")
            }
        }
    }

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
        // What a visitor says of itself is not logged in its place.
        let invented = ["-H", "Forwarded: for=6.6.6.6", "-H", "X-Forwarded-For: 6.6.6.6"]
        let visited = ["-sS", "--max-time", "20", "--interface", "127.0.0.8"] + invented + [proxy.url + "/livez"]
        #expect(try await LocalProgram.run("curl", visited).text.contains("alive"))
        #expect(await gateway.log.contains("\"peer\":\"127.0.0.8\""))
        #expect(!gateway.log.text.contains("6.6.6.6"))
        if isHTTP2 { #expect(gateway.log.text.contains("\"protocol\":\"HTTP/2")) }
    }
}
