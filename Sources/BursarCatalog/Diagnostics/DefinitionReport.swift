import BursarBasics
import BursarModel

/// What `bursar check FILE` says of definitions: every problem with its place, and the row that each example gives. *Value.*
package struct DefinitionReport: Sendable {
    package let text: String
    package let hasErrors: Bool

    /// - Parameter files: they are meant for one catalog, so two definitions with the same id are an error.
    package init(_ files: [DefinitionFile]) {
        var diagnostics: [Diagnostic] = []
        var blocks: [String] = []
        var seen: [ProviderID: String] = [:]
        for file in files {
            let (definition, found) = DefinitionReader.attempt(file)
            diagnostics += found
            guard let definition else { continue }
            if let other = seen[definition.id] {
                diagnostics.append(Catalog.duplicate(definition, in: file, "\(other) defines it, too"))
            }
            seen[definition.id] = file.path
            blocks.append(Self.block(definition, file.path))
        }
        var lines = diagnostics.sorted().map(\.description)
        if !lines.isEmpty, !blocks.isEmpty { lines.append("") }
        let errors = diagnostics.count { $0.severity == .error }
        hasErrors = errors > 0
        let warnings = diagnostics.count - errors
        let verdict =
            hasErrors
            ? "\(errors) error\(errors == 1 ? "" : "s"), \(warnings) warning\(warnings == 1 ? "" : "s")"
            : warnings == 0 ? "ok" : "ok, with \(warnings) warning\(warnings == 1 ? "" : "s")"
        text = (lines + blocks + [verdict]).joined(separator: "\n") + "\n"
    }

    /// A definition's lines: its request, and each example with its row.
    private static func block(_ definition: ProviderDefinition, _ file: String) -> String {
        var lines = ["\(definition.id)  \(file)", "  \(definition.method.rawValue) \(definition.origin)\(definition.path)"]
        let width = (definition.examples.map(\.name.count).max() ?? 0) + 2
        for example in definition.examples {
            let trial = DefinitionTrial(of: example, definition)
            let name = example.name.padded(to: width)
            let indentation = String(repeating: " ", count: width)
            for (index, line) in trial.lines.enumerated() { lines.append("  " + (index == 0 ? name : indentation) + line) }
        }
        if definition.provenance.certainty != .live {
            lines.append(
                "  nobody has seen it live: `bursar provider try \(definition.id)` asks once with your key, "
                    + "where the configuration names this file and an account of it")
        }
        return lines.joined(separator: "\n") + "\n"
    }
}
