import BursarBasics
import Testing

@Suite struct HTTPURLTests {
    @Test(arguments: [
        ("https://api.example.com", "https://api.example.com", 443, ""),
        ("HTTPS://API.example.com:443/", "https://api.example.com", 443, "/"),
        ("http://127.0.0.1:9000/mock?x#y", "http://127.0.0.1:9000", 9_000, "/mock?x#y"),
        ("http://[::1]:80?x", "http://[::1]", 80, "?x"),
        ("https://a_b.example:8443/a/b", "https://a_b.example:8443", 8_443, "/a/b")
    ])
    func `scheme, host and port are kept without what says nothing, the rest as it is`(
        text: String, origin: String, port: Int, rest: String
    ) throws {
        let url = try HTTPURL(text)
        #expect(url.origin == origin)
        #expect(url.portNumber == port)
        #expect(url.rest == rest)
    }

    @Test(arguments: [
        ("", HTTPURL.Refusal.scheme), ("ftp://a", .scheme), ("https:/a", .scheme), ("https://user:pass@a", .userInformation),
        ("https://a@b/c", .userInformation), ("https://", .host), ("https:///x", .host), ("https://a b", .host),
        ("https://[::1", .host), ("https://[a]", .host), ("https://1.2.3", .host), ("https://a..b", .host),
        ("https://0x7f000001", .host), ("https://a\\b", .host), ("https://a:0", .port), ("https://a:", .port),
        ("https://a:65536", .port), ("https://a:1:2", .port), ("https://[::1]x", .port), ("https://a:+1", .port)
    ])
    func `what two readers could understand in two ways is refused`(text: String, refusal: HTTPURL.Refusal) {
        #expect(throws: refusal) { try HTTPURL(text) }
    }

    @Test(arguments: [
        ("http://localhost:1/x", true), ("http://127.1.2.3", true), ("http://[::1]", true), ("http://[::ffff:127.0.0.1]", true),
        ("http://10.0.0.1", false), ("http://localhost.example.com", false), ("http://0.0.0.0", false)
    ])
    func `this machine is named literally or not at all`(text: String, expected: Bool) throws {
        #expect(try HTTPURL(text).isLoopback == expected)
    }
}
