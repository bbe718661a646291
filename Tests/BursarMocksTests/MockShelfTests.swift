import BursarCatalog
import Testing

@testable import BursarMocks

/// A definition is compiled when it is first needed, and the hub is told beforehand which ones that are.
@Suite struct MockShelfTests {
    @Test func `what a path needs is told until it was made`() throws {
        let shelf = MockShelf(try Catalog.builtIn())
        for path in ["/sunor/api/v1/account/balance", "/sunor", "/_mock/sunor", "/_mock/redirected/sunor"] {
            #expect(shelf.missing(for: path) == ["sunor"], "\(path)")
        }
        for path in ["", "/", "/nobody", "/_mock/nobody", "*"] { #expect(shelf.missing(for: path).isEmpty, "\(path)") }
        #expect(shelf.missing(for: "/_mock") == shelf.names)
        #expect(shelf["sunor"] != nil && shelf["nobody"] == nil)
        #expect(shelf.missing(for: "/_mock/sunor").isEmpty)
        #expect(shelf.missing(for: "/_mock") == shelf.names.filter { $0 != "sunor" })
    }
}
