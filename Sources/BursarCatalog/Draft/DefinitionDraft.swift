package import BursarModel

/// A first definition from what a provider publishes: its OpenAPI document, or one answer that somebody saved. *Pure.*
///
/// It passes `bursar check`; what was guessed is marked as such, because only a person can know what a figure means.
package struct DefinitionDraft: Sendable {
    /// YAML.
    package let text: String
    /// The path that it asks, and the others that could have been meant.
    package let path: String
    package let otherPaths: [String]

    /// Why there is no draft. *Value.*
    package struct Refusal: Error, Sendable, Equatable, CustomStringConvertible {
        package let description: String
    }

    /// - Parameters:
    ///   - file: an OpenAPI document, or a JSON answer.
    ///   - path: of an OpenAPI document the path to take; nil: the one that looks most like a balance.
    ///   - today: the day the document was read, `2026-11-26`.
    package init(_ id: ProviderID, from file: DefinitionFile, path: String?, today: String) throws(Refusal) {
        let document = try Self.document(file)
        let source: DraftSource
        if document["paths"]?.object != nil {
            source = try OpenAPISource(document, file: file.path).source(path)
        } else {
            source = try DraftSource(answer: document, of: id, file: file.path)
        }
        guard let best = Self.firstThatPasses(id, source, today: today) else {
            throw Refusal(description: "no figure in the answer can be read as an amount; write the definition by hand")
        }
        text = best
        self.path = source.path
        otherPaths = source.otherPaths
    }

    private static func document(_ file: DefinitionFile) throws(Refusal) -> JSONValue {
        do throws(Diagnostic) {
            return try
                (file.isJSON ? LocatedReader.json(file.bytes, file: file.path) : LocatedReader.yaml(file.bytes, file: file.path))
                .json
        } catch {
            throw Refusal(description: error.description)
        }
    }

    /// The first draft that passes its own check. Documents contradict themselves (examples against schemas, errors without a text), so
    /// errors and schema are left out in turn.
    private static func firstThatPasses(_ id: ProviderID, _ source: DraftSource, today: String) -> String? {
        guard let choice = DraftAmounts(source.example) else { return nil }
        let privacy = DraftPrivacy(of: source.example, reading: choice.chosen)
        for withErrors in source.errors.isEmpty ? [false] : [true, false] {
            for usesSchema in source.schema == nil ? [false] : [true, false] {
                let writer = DraftWriter(
                    id: id, source: source, amounts: choice, privacy: privacy, today: today, hasErrors: withErrors,
                    usesSchema: usesSchema)
                let plain = DefinitionReader.read(DefinitionFile(path: "draft.yaml", bytes: Array(writer.text(expect: []).utf8)))
                guard let definition = plain.definition else { continue }
                let text = writer.text(expect: definition.examples.map { ($0.name, $0.lines) })
                let whole = DefinitionReader.read(DefinitionFile(path: "draft.yaml", bytes: Array(text.utf8)))
                if whole.definition != nil { return text }
            }
        }
        return nil
    }
}
