import Testing

@testable import BursarCatalog

@Suite struct DefinitionFolderTests {
    private static let folder =
        #filePath.split(separator: "/").dropLast(4).map { "/" + $0 }.joined() + "/Sources/BursarCatalog/Definitions"

    @Test func `a folder gives its definitions by name, a file itself`() throws {
        let files = try DefinitionFolder.files(at: Self.folder)
        #expect(
            files.map { String($0.path.split(separator: "/").last ?? "") }
                == files.map { String($0.path.split(separator: "/").last ?? "") }.sorted())
        #expect(files.count == BuiltInDefinitions.shared.ids.count)
        #expect(try DefinitionFolder.files(at: Self.folder + "/fal.yaml") == files.filter { $0.path.hasSuffix("/fal.yaml") })
    }

    @Test func `what is not there is told`() {
        do throws(Diagnostic) {
            _ = try DefinitionFolder.files(at: "/nonexistent/folder")
            Issue.record("read")
        } catch {
            #expect(error.description == "/nonexistent/folder: error: there is no such file or folder")
        }
    }

    @Test(arguments: [
        ("a.yaml", true), ("a.yml", true), ("a.JSON", true), (".a.yaml", false), ("a.yaml~", false), ("yaml", false)
    ])
    func `definitions are told by their names`(name: String, expected: Bool) {
        #expect(DefinitionFolder.isDefinition(name) == expected)
    }
}
