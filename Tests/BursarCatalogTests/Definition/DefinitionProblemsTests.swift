import BursarModel
import Testing

@testable import BursarCatalog

@Suite struct DefinitionProblemsTests {
    // The 101st problem was dropped whatever it was, and the definition was taken.
    @Test func `a hundred warnings hide no error: what does not read its own example is refused`() throws {
        let keywords = (0..<130).map { ", k\($0): 1" }.joined()
        let yaml = definition(mapping: "amounts: [{unit: credits, available: blance}]", schema: "{type: object\(keywords)}")
        let file = DefinitionFile(path: "acme.yaml", bytes: Array(yaml.utf8))
        let (read, problems) = DefinitionReader.read(file)
        #expect(read?.id == nil)
        let errors = problems.filter { $0.severity == .error }.map(\.message)
        #expect(errors.count == 1 && errors.first?.contains("blance is missing") == true, "\(errors)")
        #expect(problems.contains { $0.message == "30 more warnings are not listed" }, "\(problems.count)")
        #expect(throws: CatalogDiagnostics.self) { try Catalog.empty.adding([file]) }
        #expect(DefinitionReport([file]).hasErrors)
    }

    @Test func `what is not listed is counted, of each severity, at the end`() {
        var problems = DefinitionProblems(file: "acme.yaml")
        for line in 1...103 { problems.warning(TextMark(line: line, column: 1), "a warning") }
        #expect(!problems.hasErrors)
        for line in 1...101 { problems.error(TextMark(line: line, column: 2), "an error") }
        #expect(problems.hasErrors)
        let told = problems.diagnostics.sorted().map(\.description)
        #expect(told.count == 202 && told.contains("acme.yaml:1:2: error: an error"))
        #expect(
            Array(told.suffix(2)) == [
                "acme.yaml:103:1: error: 1 more error is not listed", "acme.yaml:103:1: warning: 3 more warnings are not listed"
            ])
    }

    // Looked at were the control characters of the lower range alone.
    @Test(arguments: ["\u{1B}[2J", "\u{7F}", "\u{9B}2J", "\u{202E}", "\u{2028}"])
    func `a hint that commands a terminal is left out`(command: String) {
        var problems = DefinitionProblems(file: "acme.yaml")
        problems.error(TextMark(line: 1, column: 1), "an error", hint: "did you mean é?")
        problems.error(TextMark(line: 2, column: 1), "an error", hint: "did you mean \(command)?")
        #expect(problems.diagnostics.map(\.hint) == ["did you mean é?", nil])
    }
}
