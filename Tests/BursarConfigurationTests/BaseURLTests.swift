@testable import BursarConfiguration
import Testing

@Suite struct BaseURLTests {
    @Test(arguments: [
        ("https://api.example.com", "https://api.example.com"), ("https://API.example.com/", "https://api.example.com"),
        ("https://api.example.com:443/v1//", "https://api.example.com/v1"),
        ("http://127.0.0.1:9000/mock", "http://127.0.0.1:9000/mock"), ("HTTP://[::1]:9000/a%20b", "http://[::1]:9000/a%20b"),
        ("http://localhost", "http://localhost")
    ])
    func `a base URL is kept without what says nothing`(text: String, expected: String) throws {
        #expect(try BaseURL(parsing: text).description == expected)
    }

    @Test(arguments: [
        ("", BaseURL.Refusal.scheme), ("api.example.com", .scheme), ("ftp://a", .scheme), ("https:/a", .scheme),
        ("https://user:pass@a", .userInformation), ("https://a@b", .userInformation), ("https://a?x=1", .query),
        ("https://a/b#c", .fragment), ("https://", .host), ("https:///x", .host), ("https://a b", .host), ("https://[::1", .host),
        ("https://[a]", .host), ("https://1.2.3", .host), ("https://a:0", .port), ("https://a:", .port),
        ("https://a:65536", .port), ("https://a:b", .port), ("https://a/../b", .path), ("https://a/./b", .path),
        ("https://a/b c", .path), ("https://a/\r\nx: y", .path), ("https://a\\b", .host), ("https://é.example", .host)
    ])
    func `anything else is refused`(text: String, expected: BaseURL.Refusal) {
        #expect(throws: expected) { try BaseURL(parsing: text) }
    }

    @Test(arguments: [
        ("http://localhost:1", true), ("http://127.1.2.3", true), ("http://[::1]", true), ("http://[::ffff:127.0.0.1]", true),
        ("http://10.0.0.1", false), ("http://localhost.example.com", false), ("http://0.0.0.0", false)
    ])
    func `loopback is told from the rest`(text: String, expected: Bool) throws {
        #expect(try BaseURL(parsing: text).isLoopback == expected)
    }
}
