import BursarBasics
import Testing

@Suite struct AddressRangeTests {
    @Test(arguments: [
        ("127.0.0.1", "127.0.0.1", true), ("127.0.0.0/8", "127.9.9.9", true), ("127.0.0.0/8", "128.0.0.1", false),
        ("10.0.0.0/9", "10.127.0.1", true), ("10.0.0.0/9", "10.128.0.1", false), ("0.0.0.0/0", "8.8.8.8", true),
        ("0.0.0.0/0", "::1", false), ("::1", "::1", true), ("fd00::/8", "fd12::1", true), ("fd00::/8", "fe80::1", false),
        ("10.0.0.1", "::ffff:10.0.0.1", true), ("unix", "unix", true), ("127.0.0.1", "unix", false), ("unix", "127.0.0.1", false)
    ])
    func `a range contains what it covers`(range: String, peer: String, contains: Bool) throws {
        #expect(try #require(AddressRange(range)).contains(peer) == contains)
    }

    @Test(arguments: ["", "/8", "127.0.0.1/33", "127.0.0.1/", "127.0.0.1/+8", "1.2.3/8", "::/129", "a", "1.2.3.4/8/8", "01.2.3.4"]
    )
    func `what is no range is none`(text: String) { #expect(AddressRange(text) == nil) }
}
