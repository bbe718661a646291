import Testing

@testable import BursarCatalog

@Suite struct JSONReaderTests {
    @Test func `a number keeps its own text`() throws {
        let value = try JSONReader.read(Array(#"{"a":12.3400,"b":[-0,1e2,1.50E+1]}"#.utf8))
        #expect(value["a"] == .number("12.3400"))
        #expect(value["b"] == [.number("-0"), .number("1e2"), .number("1.50E+1")])
    }
}
