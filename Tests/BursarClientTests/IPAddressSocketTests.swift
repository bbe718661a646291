import BursarBasics
import NIOCore
import Testing

@testable import BursarClient

@Suite struct IPAddressSocketTests {
    @Test(arguments: ["192.0.2.1", "2001:db8::1", "::1"])
    func `a socket's address is the address that was written`(text: String) throws {
        #expect(IPAddress(try SocketAddress(ipAddress: text, port: 443)) == IPAddress(text))
    }

    @Test func `a Unix socket has none`() throws {
        #expect(IPAddress(try SocketAddress(unixDomainSocketPath: "/tmp/x")) == nil)
    }
}
