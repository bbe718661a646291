import BursarHTTP
import Testing

@testable import BursarGateway

/// A host is read once and whole, and IPv4 literals by a short way that must decide nothing else than the long one.
@Suite struct HostGuardLiteralTests {
    private let hosts = HostGuard(patterns: [])

    @Test(arguments: [
        "127.0.0.1", "127.0.0.1:8787", "10.0.0.255", "0.0.0.0:1", "localhost", "LOCALHOST:80", "a.localhost", "[::1]",
        "[::1]:8787",
        // A6: names compared as text.
        "localhost.", "LOCALHOST.:80", "a.localhost.", "localhost:", "127.0.0.1.", "127.0.0.1:"
    ])
    func `A6: an address or localhost is answered`(host: String) throws {
        let authority = try #require(Authority(host))
        #expect(hosts.allows(authority))
    }

    @Test(arguments: [
        "example.org", "127.0.0.1.example.org", "127.0.0.1x", "127.0.0.256", "127.0.0.01", "127.0.00.1", "127.0.0",
        "127.0.0.", "1.2.3.4.5", "2130706433", "0x7f.0.0.1", "99999999999999999999999",
        "localhost.example", "%6cocalhost", "xlocalhost", "127.1"
    ])
    func `a name, or what is nearly an address, is not`(host: String) throws {
        let authority = try #require(Authority(host))
        #expect(!hosts.allows(authority))
    }

    @Test(arguments: [
        "", ":8790", ".127.0.0.1", "127..0.1", "127.0.0.1 ", ".localhost", "a..localhost", "localhost..", ".", "127.0.0.1:evil",
        "[::1].evil.example", "[::1]evil", "localhost:80:80", "localhost:evil.example", "[::1", "[]", "[::1]:x", "a:99999", "%zz",
        "[fe80::1%25eth0]", "u@localhost"
    ])
    func `A12: what is no host and port is none`(host: String) { #expect(Authority(host) == nil) }

    @Test(arguments: [(253, true), (254, false), (255, false)])
    func `a name has at most 253 bytes, and perhaps a point that closes it`(length: Int, isOne: Bool) {
        let name = String(repeating: "a.", count: 126) + String(repeating: "b", count: length - 252)
        #expect(name.utf8.count == length)
        for text in [name, name + ".", name + ":80", name + ".:80"] { #expect((Authority(text) != nil) == isOne, "\(text)") }
    }

    @Test func `a client without Host is answered`() { #expect(hosts.allows(nil)) }
}
