import BursarModel
import Foundation
import Testing

@testable import BursarCatalog

/// The definitions of `docs/definitions`, which an operator loads as a folder: each must come to what it states, to the last digit.
@Suite struct MarketFolderTests {
    private static let folder = URL(filePath: #filePath).appending(path: "../../../../docs/definitions").standardizedFileURL
    private static let names = ((try? FileManager.default.contentsOfDirectory(atPath: folder.path())) ?? [])
        .filter { $0.hasSuffix(".yaml") }.sorted()

    @Test func `there are the definitions that the market's table lists`() throws {
        #expect(Self.names.count >= 90)
        let table = try String(contentsOf: Self.folder.appending(path: "../providers/market.md"), encoding: .utf8)
        for name in Self.names {
            #expect(table.contains("| `\(name.dropLast(5))` |"), "\(name) is not in docs/providers/market.md")
        }
    }

    @Test(arguments: names)
    func `a file is a definition of its own name, and its examples come to what it expects`(name: String) throws {
        let bytes = Array(try Data(contentsOf: Self.folder.appending(path: name)))
        let result = DefinitionReader.read(DefinitionFile(path: name, bytes: bytes))
        #expect(result.diagnostics.map(\.description) == [])
        let definition = try #require(result.definition)
        #expect(definition.id.name + ".yaml" == name)
        #expect(!definition.provenance.sources.isEmpty && definition.provenance.certainty != nil)
        #expect(definition.examples.contains { if case .reading = $0.evaluation { true } else { false } })
        for example in definition.examples { #expect(example.expected == example.lines, "\(name) \(example.name)") }
    }
}
