import Testing

@testable import BursarGateway

/// The short way for IPv4 literals must decide nothing that the long way would not.
@Suite struct HostGuardLiteralTests {
    private let hosts = HostGuard(patterns: [])

    @Test(arguments: [
        "127.0.0.1", "127.0.0.1:8787", "10.0.0.255", "0.0.0.0:1", "localhost", "LOCALHOST:80", "a.localhost", "[::1]",
        "[::1]:8787"
    ])
    func `an address or localhost is answered`(host: String) { #expect(hosts.allows(host)) }

    @Test(arguments: [
        "", "example.org", "127.0.0.1.example.org", "127.0.0.1x", "127.0.0.256", "127.0.0.01", "127.0.00.1", "127.0.0",
        "127.0.0.",
        ".127.0.0.1", "127..0.1", "1.2.3.4.5", "2130706433", "0x7f.0.0.1", "127.0.0.1 ", "99999999999999999999999",
        "localhost.example"
    ])
    func `a name, or what is nearly an address, is not`(host: String) { #expect(!hosts.allows(host)) }

    @Test func `a client without Host is answered`() { #expect(hosts.allows(nil)) }
}
