@testable import BursarConfiguration
import BursarHTTP
import Testing

@testable import BursarGateway

@Suite struct RequestDirectivesTests {
    private func directives(_ cacheControl: String..., pragma: [String] = [], prefer: [String] = []) -> RequestDirectives {
        RequestDirectives(cacheControl: cacheControl, pragma: pragma, prefer: prefer)
    }

    @Test func `each directive asks for what RFC 9111 says`() {
        #expect(directives().freshness == .anyCached)
        #expect(directives("no-cache").freshness == .newest)
        #expect(directives("max-age=0").freshness == .newest)
        #expect(directives("max-age=10, max-age=20").freshness == .newerThan(seconds: 10))
        #expect(directives("Max-Age=\"7\"").freshness == .newerThan(seconds: 7))
        #expect(directives("no-cache, only-if-cached").freshness == .cachedOnly)
        #expect(directives("no-store", "no-cache").freshness == .newest)
    }

    @Test(arguments: ["max-age=-1", "max-age=1e3", "max-age=0x10", "max-age=", "max-age", "max-age=inf", "max-stale=5", ", ,"])
    func `a malformed or unknown directive is ignored`(field: String) {
        #expect(directives(field).freshness == .anyCached)
    }

    @Test func `pragma counts only without cache-control`() {
        #expect(directives(pragma: ["no-cache"]).freshness == .newest)
        #expect(directives("max-age=60", pragma: ["no-cache"]).freshness == .newerThan(seconds: 60))
    }

    @Test func `the first wait preference counts`() {
        #expect(directives(prefer: ["respond-async, wait=3", "wait=9"]).wait == 3)
        #expect(directives(prefer: ["wait=\"4\""]).wait == 4)
        #expect(directives(prefer: ["wait=-1"]).wait == nil)
        #expect(directives(prefer: ["handling=lenient; wait=2"]).wait == nil)
    }
}

@Suite struct IfNoneMatchTests {
    @Test func `tags compare weakly and lists are read to their end`() {
        #expect(IfNoneMatch.matches(["\"a\""], tag: "\"a\""))
        #expect(IfNoneMatch.matches(["W/\"a\""], tag: "\"a\""))
        #expect(IfNoneMatch.matches(["\"x,y\", \"a\""], tag: "\"a\""))
        #expect(IfNoneMatch.matches(["\"x\"", "\"a\""], tag: "\"a\""))
        #expect(IfNoneMatch.matches([" * "], tag: "\"a\""))
    }

    @Test(arguments: ["", "a", "\"a", "\"b\"", "W/", "W/a", "\"A\""])
    func `anything else matches nothing`(field: String) {
        #expect(!IfNoneMatch.matches([field], tag: "\"a\""))
    }
}

@Suite struct MediaTypesTests {
    @Test(arguments: ["text/plain", "text/plain, */*;q=0.5", "text/*", "application/json;q=0.4, text/plain;q=0.5", "TEXT/PLAIN"])
    func `plain text where it is wanted more`(accept: String) { #expect(MediaTypes.prefersPlainText([accept])) }

    @Test(arguments: [
        "", "*/*", "application/json", "text/html, */*", "text/plain;q=0", "text/plain;q=0.3, application/json",
        "text/plain;q=abc"
    ])
    func `JSON otherwise`(accept: String) { #expect(!MediaTypes.prefersPlainText([accept])) }
}

@Suite struct HostGuardTests {
    private let hosts = HostGuard(patterns: ["bursar.internal", "*.corp.example"].compactMap { HostPattern($0) })

    @Test(arguments: [
        "localhost", "localhost:8787", "a.localhost", "127.0.0.1:8787", "[::1]:8787", "10.0.0.7", "bursar.internal",
        "Bursar.Internal:443", "x.corp.example"
    ])
    func `addresses, localhost and listed names are answered`(host: String) throws {
        let authority = try #require(Authority(host))
        #expect(hosts.allows(authority))
    }

    @Test(arguments: [
        "evil.example", "localhost.evil.example", "127.0.0.1.evil.example", "corp.example", "127.1", "0x7f.1"
    ])
    func `any other name is not`(host: String) throws {
        let authority = try #require(Authority(host))
        #expect(!hosts.allows(authority))
    }

    @Test func `an HTTP 1.0 client sends no host`() { #expect(hosts.allows(nil)) }
}
