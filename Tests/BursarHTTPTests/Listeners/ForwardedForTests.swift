import BursarBasics
import Testing

@testable import BursarHTTP

@Suite struct ForwardedForTests {
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
        #expect(ForwardedFor.client(of: fields)?.description == client)
    }

    // Proxies that write X-Forwarded-For pass a client's own Forwarded on, and that one was logged.
    @Test(arguments: [("203.0.113.9", "203.0.113.9"), ("_hidden", nil)] as [(String, String?)])
    func `a Forwarded beside X-Forwarded-For, which a client may have sent, is not believed`(value: String, client: String?) {
        var fields = HeaderFields()
        fields.add("forwarded", "for=6.6.6.6")
        fields.add("x-forwarded-for", value)
        #expect(ForwardedFor.client(of: fields)?.description == client)
    }
}
