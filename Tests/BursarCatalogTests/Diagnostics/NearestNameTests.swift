import Testing

@testable import BursarCatalog

@Suite struct NearestNameTests {
    private let names = ["unit", "scale", "words", "available", "reserved", "total", "granted", "as_of"]

    @Test(arguments: [
        ("uint", "unit"), ("avialable", "available"), ("availabel", "available"), ("Total", "total"), ("as-of", "as_of"),
        ("asof", "as_of"),
        ("grantd", "granted"), ("word", "words"), ("reserve", "reserved")
    ]) func `a slip finds its name`(name: String, meant: String) { #expect(NearestName.find(name, among: names) == meant) }

    @Test(arguments: ["", "x", "balance", "zzzz", "un", String(repeating: "u", count: 1_000)])
    func `what is far from everything finds nothing`(name: String) { #expect(NearestName.find(name, among: names) == nil) }

    @Test func `a name does not find itself`() { #expect(NearestName.find("unit", among: ["unit"]) == nil) }

    @Test func `a swap of neighbours is one edit`() {
        #expect(NearestName.distance("ab", "ba") == 1)
        #expect(NearestName.distance("", "abc") == 3)
        #expect(NearestName.distance("kitten", "sitting") == 3)
    }
}
