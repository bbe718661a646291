import BursarBasics
import Testing

@Suite struct AddressRangeTests {
    @Test(arguments: [
        ("127.0.0.1", "127.0.0.1", true), ("127.0.0.0/8", "127.9.9.9", true), ("127.0.0.0/8", "128.0.0.1", false),
        ("10.0.0.0/9", "10.127.0.1", true), ("10.0.0.0/9", "10.128.0.1", false), ("0.0.0.0/0", "8.8.8.8", true),
        ("0.0.0.0/0", "::1", false), ("::1", "::1", true), ("fd00::/8", "fd12::1", true), ("fd00::/8", "fe80::1", false),
        ("10.0.0.1", "::ffff:10.0.0.1", true), ("unix", "127.0.0.1", false)
    ])
    func `a range contains what it covers`(range: String, address: String, contains: Bool) throws {
        let address = try #require(IPAddress(address))
        #expect(try #require(AddressRange(range)).contains(address) == contains)
    }

    @Test func `Unix sockets are a range of their own`() throws {
        #expect(try #require(AddressRange("unix")).isUnix)
        #expect(try !#require(AddressRange("0.0.0.0/0")).isUnix)
    }

    @Test(arguments: [
        ("127.0.0.1", true, IPAddress.Scope.loopback), ("::1", false, .loopback), ("::ffff:127.9.9.9", true, .loopback),
        ("10.0.0.1", true, .special), ("2001:db8::1", false, .special), ("::", false, .unspecified),
        ("::ffff:0.0.0.0", true, .unspecified)
    ])
    func `an address knows its family and its reach`(text: String, isV4: Bool, scope: IPAddress.Scope) throws {
        let address = try #require(IPAddress(text))
        #expect(address.isV4 == isV4)
        #expect(address.scope == scope)
        #expect(address.description == text.replacing("::ffff:", with: ""))
        #expect(IPAddress(bytes: address.bytes) == address)
    }

    @Test(arguments: ["", "127.0.0.1\0", "127.1", "0x7f.0.0.1", "010.0.0.1", "[::1]", "fe80::1%1", "localhost", "1.2.3.4.5"])
    func `what is no address literal is none, a NUL behind one included`(text: String) { #expect(IPAddress(text) == nil) }

    @Test(arguments: ["", "/8", "127.0.0.1/33", "127.0.0.1/", "127.0.0.1/+8", "1.2.3/8", "::/129", "a", "1.2.3.4/8/8", "01.2.3.4"]
    )
    func `what is no range is none`(text: String) { #expect(AddressRange(text) == nil) }
}
