import BursarBasics
import Testing

@testable import BursarHTTP

@Suite struct ProxyHeaderTests {
    private func read(_ bytes: [UInt8]) -> ProxyHeader.Result { bytes.withUnsafeBytes(ProxyHeader.read) }
    private func read(_ text: String) -> ProxyHeader.Result { read(Array(text.utf8)) }
    private static let signature: [UInt8] = [0x0D, 0x0A, 0x0D, 0x0A, 0x00, 0x0D, 0x0A, 0x51, 0x55, 0x49, 0x54, 0x0A]

    @Test func `version 1 names the client`() throws {
        let line = "PROXY TCP4 192.0.2.7 127.0.0.1 4711 80\r\n"
        #expect(read(line + "GET") == .header(length: line.utf8.count, client: .address(try #require(IPAddress("192.0.2.7")))))
        let six = "PROXY TCP6 2001:db8::1 ::1 4711 80\r\n"
        #expect(read(six) == .header(length: six.utf8.count, client: .address(try #require(IPAddress("2001:db8::1")))))
        #expect(read("PROXY UNKNOWN\r\n") == .header(length: 15, client: .unnamed))
        for count in 0..<line.utf8.count { #expect(read(Array(line.utf8.prefix(count))) == .incomplete) }
    }

    @Test(arguments: [
        "GET / HTTP/1.1\r\n", "PROXY\r\n", "PROXY TCP4 a b 1 2\r\n", "PROXY TCP4 1.2.3.4 1.2.3.4 1\r\n",
        "PROXY TCP4 ::1 ::1 1 2\r\n",
        "PROXY TCP4 1.2.3.4 1.2.3.4 1 65536\r\n", "PROXY TCP4 1.2.3.4 1.2.3.4 1 +2\r\n", "PROXY TCP4 1.2.3.4 1.2.3.4 1 2\n",
        "PROXY TCP4 1.2.3.4/8 1.2.3.4 1 2\r\n", "PROXY UNKNOWN" + String(repeating: " x", count: 60),
        // A17: what stands behind the NUL was not looked at, and nobody comes from 0.0.0.0.
        "PROXY TCP4 127.0.0.1\0 127.0.0.1 1 2\r\n", "PROXY UNKNOWN \0\r\n", "PROXY TCP4 0.0.0.0 127.0.0.1 1 2\r\n",
        "PROXY TCP6 :: ::1 1 2\r\n", "PROXY TCP6 ::ffff:0.0.0.0 ::1 1 2\r\n"
    ])
    func `what is no header is refused`(text: String) { #expect(read(text) == .malformed) }

    @Test func `version 2 names the client`() throws {
        let four = Self.signature + [0x21, 0x11, 0, 12, 192, 0, 2, 7, 127, 0, 0, 1, 0x12, 0x67, 0, 80]
        #expect(read(four + [1]) == .header(length: 28, client: .address(try #require(IPAddress("192.0.2.7")))))
        for count in 0..<four.count { #expect(read(Array(four.prefix(count))) == .incomplete) }
        let six = Self.signature + [0x21, 0x21, 0, 36] + [0x20, 0x01, 0x0D, 0xB8] + [UInt8](repeating: 0, count: 31) + [1]
        #expect(read(six) == .header(length: 52, client: .address(try #require(IPAddress("2001:db8::")))))
        #expect(read(Self.signature + [0x20, 0x00, 0, 3, 1, 2, 3]) == .header(length: 19, client: .unnamed))
    }

    // A17: such a client counted as the proxy's own loopback.
    @Test func `A17: whom a header does not name has no address`() {
        #expect(read("PROXY UNKNOWN ::1 ::1 1 2\r\n") == .header(length: 27, client: .unnamed))
        for kind in [0x00, 0x31] as [UInt8] {
            let unix = Self.signature + [0x21, kind, 0, 216] + [UInt8](repeating: 0x61, count: 216)
            #expect(read(unix) == .header(length: 232, client: .unnamed))
        }
        #expect(read(Self.signature + [0x21, 0x11, 0, 12, 0, 0, 0, 0, 127, 0, 0, 1, 0, 1, 0, 2]) == .malformed)
    }

    @Test func `version 2 that contradicts itself is refused`() {
        #expect(read(Self.signature + [0x11, 0x11, 0, 12]) == .malformed)
        #expect(read(Self.signature + [0x22, 0x11, 0, 12]) == .malformed)
        #expect(read(Self.signature + [0x21, 0x11, 0, 4, 1, 2, 3, 4]) == .malformed)
        #expect(read(Self.signature + [0x21, 0x51, 0, 0]) == .malformed)
        #expect(read(Self.signature + [0x21, 0x11, 0xFF, 0xFF]) == .malformed)
        #expect(read([0x0D, 0x0A, 0x0D, 0x0A, 0x0D]) == .malformed)
    }
}
