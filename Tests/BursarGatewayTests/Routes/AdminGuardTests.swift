import BursarBasics
import BursarHTTP
import Testing

@testable import BursarGateway

@Suite struct AdminGuardTests {
    private func judge(
        _ peer: Peer, proxied: ProxiedClient? = nil, scheme: String = "http", _ headers: HeaderFields = [:]
    ) -> AdminGuard.Verdict {
        let connection = ConnectionInfo(peer: peer, proxied: proxied, listener: "", scheme: scheme)
        let request = Request(method: "POST", target: "/admin/reload", headers: headers, connection: connection)
        return AdminGuard.judge(request, .anyone, touchesAll: true, ownUserID: 1_001)
    }

    private static let loopback = IPAddress(v4: 0x7F00_0001)

    @Test func `A10: without clients it is root or the gateway's own user, over a Unix socket`() {
        #expect(judge(.unix(userID: 0)) == .allowed)
        #expect(judge(.unix(userID: 1_001)) == .allowed)
        #expect(judge(.unix(userID: 1_002)) == .notLocal)
        #expect(judge(.tcp(Self.loopback)) == .notLocal)
    }

    @Test func `A2: whom the kernel does not name is nobody`() {
        #expect(judge(.unix(userID: nil)) == .notLocal)
    }

    @Test(arguments: [ProxiedClient.unnamed, .address(loopback)])
    func `A17: behind a PROXY header nobody is local, whoever the proxy runs as`(proxied: ProxiedClient) {
        #expect(judge(.unix(userID: 0), proxied: proxied) == .notLocal)
        #expect(judge(.unix(userID: 1_001), proxied: proxied) == .notLocal)
        #expect(judge(.tcp(Self.loopback), proxied: proxied) == .notLocal)
    }

    @Test(arguments: ["forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip", "via"])
    func `what a proxy passed on is nobody's, whoever it runs as`(name: String) {
        var headers = HeaderFields()
        headers.add(name, "")
        #expect(judge(.unix(userID: 0), headers) == .notLocal)
    }

    @Test func `a web page of another origin is refused first`() {
        #expect(judge(.unix(userID: 0), ["origin": "https://evil.example", "host": "localhost"]) == .crossSite)
        #expect(judge(.unix(userID: 0), ["sec-fetch-site": "same-site"]) == .crossSite)
        #expect(judge(.unix(userID: 0), ["origin": "http://LOCALHOST", "host": "localhost"]) == .allowed)
    }
}
