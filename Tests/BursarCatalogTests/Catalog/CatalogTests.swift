import BursarModel
import Testing

@testable import BursarCatalog

@Suite struct CatalogTests {
    private static let yaml = definition()

    @Test func `a built-in definition is compiled when it is asked for, and its names are known before`() throws {
        let catalog = try Catalog.builtIn()
        let id = try #require(ProviderID("sunor"))
        #expect(catalog.contains(id))
        #expect(catalog.environmentVariables(id) == ["SUNOR_API_KEY"])
        #expect(catalog[id]?.id == id)
        #expect(catalog.compiledDefinitions.contains { $0.id == id })
        let other = try #require(ProviderID("no-such-provider"))
        #expect(catalog[other] == nil && catalog.environmentVariables(other).isEmpty)
    }

    @Test func `a catalog with some of the definitions knows nothing of the others`() throws {
        let catalog = try Catalog.builtIn().filtered { $0.name == "sunor" }
        #expect(catalog.ids.map(\.name) == ["sunor"])
        #expect(catalog[try #require(ProviderID("legnext"))] == nil)
    }

    @Test func `an operator's file stands in the place of a built-in one, and is told of`() throws {
        let yaml = Self.yaml.replacing("id: example", with: "id: sunor")
        let catalog = try Catalog.builtIn().adding([DefinitionFile(path: "own.yaml", bytes: Array(yaml.utf8))])
        let id = try #require(ProviderID("sunor"))
        #expect(catalog[id]?.origin == "https://api.example.com")
        #expect(catalog.ids.filter { $0 == id }.count == 1)
        #expect(
            catalog.warnings.map(\.description) == [
                "own.yaml:15:7: warning: it stands in the place of the built-in definition of sunor"
            ])
        #expect(catalog.addedIDs == [id])
    }

    @Test func `two files of one name are refused`() throws {
        let file = Array(Self.yaml.utf8)
        #expect(throws: CatalogDiagnostics.self) {
            try Catalog.empty.adding([DefinitionFile(path: "a.yaml", bytes: file), DefinitionFile(path: "b.yaml", bytes: file)])
        }
    }
}
