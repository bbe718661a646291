import BursarConfiguration
import Testing

@Suite struct HostPatternTests {
    @Test(arguments: [
        ("bursar.internal", "BURSAR.internal.", true), ("bursar.internal", "x.bursar.internal", false),
        ("*.corp.example", "a.corp.example", true), ("*.corp.example", "a.b.corp.example", true),
        ("*.corp.example", "corp.example", false), ("*.corp.example", ".corp.example", false),
        ("*.corp.example", "evilcorp.example", false), ("[::1]", "::1", true), ("10.0.0.1", "10.0.0.1", true),
        ("my_host", "my_host", true)
    ])
    func `a name matches itself and a star matches what is below it`(pattern: String, host: String, matches: Bool) throws {
        #expect(try #require(HostPattern(pattern)).matches(host) == matches)
    }

    @Test(arguments: [
        "", "*", "*.", ".", "a..b", "-a", "a-", "a:80", "http://a", "a b", "*.*.a", "a.*", "300.1.1.1", "*.10.0.0.1"
    ])
    func `what is no name is refused`(pattern: String) {
        #expect(HostPattern(pattern) == nil)
    }
}
