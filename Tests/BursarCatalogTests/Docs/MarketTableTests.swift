import BursarModel
import Foundation
import Testing

@testable import BursarCatalog

/// docs/providers/market.md lists the built-in definitions; its table follows from the files, so that adding one is adding its file.
///
/// Where it differs the test fails; `BURSAR_REGENERATE=1` writes it anew.
@Suite struct MarketTableTests {
    private static let begin = "<!-- The table follows from the files: BURSAR_REGENERATE=1 writes it anew. -->"
    private static let end = "<!-- End of the table. -->"

    @Test func `the documented table is what the files say`() throws {
        let file = URL(filePath: #filePath).appending(path: "../../../../docs/providers/market.md").standardizedFileURL
        let text = try String(contentsOf: file, encoding: .utf8)
        let start = try #require(text.range(of: Self.begin + "\n")), end = try #require(text.range(of: Self.end))
        let table = "\n" + Self.table(try Catalog.builtIn().definitions) + "\n"
        if ProcessInfo.processInfo.environment["BURSAR_REGENERATE"] == "1" {
            let written = text[..<start.upperBound] + table + text[end.lowerBound...]
            try String(written).write(to: file, atomically: true, encoding: .utf8)
            return
        }
        #expect(
            text[start.upperBound..<end.lowerBound] == table,
            "docs/providers/market.md is not what the files say; BURSAR_REGENERATE=1 writes it anew")
    }

    private static func table(_ definitions: [ProviderDefinition]) -> String {
        let counts = Provenance.Certainty.allCases.map { certainty in
            (certainty, definitions.count { $0.provenance.certainty == certainty })
        }
        let shown = counts.filter { $0.1 > 0 }.map { "\($0.1) \($0.0.rawValue)" }.joined(separator: ", ")
        let head = """
            \(definitions.count) definitions are built in (\(shown)).

            | id | provider | units | key | variable | parameters | verified, read |
            |---|---|---|---|---|---|---|

            """
        return head + definitions.map { row($0) + "\n" }.joined()
    }

    private static func row(_ definition: ProviderDefinition) -> String {
        let source = definition.documentationURL ?? definition.provenance.sources.first ?? ""
        let cells = [
            "`\(definition.id)`", source.hasPrefix("https://") ? "[\(definition.title)](\(source))" : definition.title,
            units(of: definition), key(of: definition.auth),
            definition.environmentVariables.map { "`\($0)`" }.joined(separator: " or "),
            definition.accountParameters.map { parameter in
                parameter.name + (parameter.standard.map { " (\($0))" } ?? (parameter.isRequired ? "" : " (optional)"))
            }.joined(separator: ", "),
            [definition.provenance.certainty?.rawValue, definition.provenance.read].compactMap(\.self).joined(separator: ", ")
        ]
        return "| " + cells.joined(separator: " | ") + " |"
    }

    private static func units(of definition: ProviderDefinition) -> String {
        guard definition.unitNames.isEmpty else { return definition.unitNames.joined(separator: ", ") }
        let isMoney = definition.plan.mapping.amounts.contains { rule in
            if case .told(let told) = rule.unit { told.isMoney } else { false }
        }
        return isMoney ? "money (told)" : "told"
    }

    private static func key(of auth: AuthPlan) -> String {
        if let second = auth.secondHeader { return "`\(auth.displayName)` and `\(second)`" }
        switch auth.scheme {
        case .basic: return "basic"
        case .apiKey(let prefix):
            if prefix == "Bearer ", auth.headerName == "authorization" { return "bearer" }
            return prefix.isEmpty ? "`\(auth.displayName)`" : "`\(auth.displayName): \(prefix)KEY`"
        }
    }
}
