import BursarModel
import Testing

@testable import BursarCatalog

@Suite struct CatalogTests {
    @Test func `the built-in definitions are well-formed`() throws {
        do {
            let catalog = try Catalog.builtIn()
            #expect(catalog.definitions.map(\.id.name) == ["deepixels", "tensorpix", "legnext", "sunor", "hyper3d"])
            #expect(catalog.warnings.isEmpty)
        } catch {
            for diagnostic in error.diagnostics { Issue.record("\(diagnostic)") }
        }
    }
}
