import Testing

@testable import BursarHTTP

@Suite struct AddressTests {
    @Test(arguments: [
        ("127.0.0.1:8787", ListenAddress.tcp(host: "127.0.0.1", port: 8787)), ("[::1]:0", .tcp(host: "::1", port: 0)),
        ("localhost:65535", .tcp(host: "localhost", port: 65_535)), ("unix:/run/b.sock", .unix(path: "/run/b.sock"))
    ])
    func `an address is read and written back`(text: String, address: ListenAddress) {
        #expect(ListenAddress(text) == address)
        #expect(ListenAddress(text)?.description == text)
    }

    @Test(arguments: [
        "", ":", ":80", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536", "127.0.0.1:+1", "127.0.0.1: 80", "::1:80", "[::1]",
        "[a]:80",
        "[::1:80", "unix:", "unix:/", "unix:relative", "http://a:80", "a b:80"
    ])
    func `what is no address is none`(text: String) { #expect(ListenAddress(text) == nil) }

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

    @Test(
        arguments: [
            ("x-forwarded-for", "1.2.3.4", "1.2.3.4"), ("x-forwarded-for", "9.9.9.9, 1.2.3.4", "1.2.3.4"),
            ("x-forwarded-for", "[::1]:80", "::1"), ("x-forwarded-for", "1.2.3.4:80", "1.2.3.4"),
            ("x-forwarded-for", "<script>", nil),
            ("forwarded", "for=1.2.3.4", "1.2.3.4"),
            ("forwarded", "for=9.9.9.9, proto=https; For=\"[2001:db8::1]:4711\"", "2001:db8::1"),
            ("forwarded", "for=_hidden", nil), ("forwarded", "proto=https", nil), ("x-other", "1.2.3.4", nil)
        ] as [(String, String, String?)])
    func `the nearest proxy's word about its client is read`(name: String, value: String, client: String?) {
        var fields = HeaderFields()
        fields.add(name, value)
        #expect(ForwardedFor.client(of: fields) == client)
    }
}
