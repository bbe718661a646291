package import BursarModel

/// The definitions by name. *Value;* a reload builds a new one.
package struct Catalog: Sendable {
    /// The built-in ones, then the others in the order of their files.
    package let definitions: [ProviderDefinition]
    /// What works and is probably not meant, sorted by place.
    package let warnings: [Diagnostic]

    private let indexByID: [ProviderID: Int]

    private init(definitions: [ProviderDefinition], warnings: [Diagnostic]) {
        self.definitions = definitions
        self.warnings = warnings.sorted()
        indexByID = Dictionary(definitions.indices.map { (definitions[$0].id, $0) }, uniquingKeysWith: { first, _ in first })
    }

    package subscript(id: ProviderID) -> ProviderDefinition? { indexByID[id].map { definitions[$0] } }

    /// Without any definition; ``adding(_:)`` makes one with a user's alone.
    package static let empty = Catalog(definitions: [], warnings: [])

    /// The same with some definitions only.
    package func filtered(_ isIncluded: (ProviderDefinition) -> Bool) -> Catalog {
        Catalog(definitions: definitions.filter(isIncluded), warnings: warnings)
    }

    /// The definitions that are part of the program.
    /// - Throws: only where one of them is malformed, which a test rules out.
    package static func builtIn() throws(CatalogDiagnostics) -> Catalog {
        try empty.adding(BuiltInDefinitions.files)
    }

    /// - Throws: everything that is wrong with any of the files; none of them is used then.
    package func adding(_ files: [DefinitionFile]) throws(CatalogDiagnostics) -> Catalog {
        var definitions = definitions
        var diagnostics: [Diagnostic] = []
        var fileByID: [ProviderID: String] = [:]
        for file in files {
            let result = DefinitionReader.read(file)
            diagnostics += result.diagnostics
            guard let definition = result.definition else { continue }
            if let other = fileByID[definition.id] {
                diagnostics.append(Self.duplicate(definition.id, in: file, "\(other) defines it, too"))
            } else if self[definition.id] != nil {
                diagnostics.append(Self.duplicate(definition.id, in: file, "there is a definition of that name already"))
            } else {
                fileByID[definition.id] = file.path
                definitions.append(definition)
            }
        }
        guard !diagnostics.contains(where: { $0.severity == .error }) else {
            throw CatalogDiagnostics(diagnostics: diagnostics.sorted())
        }
        return Catalog(definitions: definitions, warnings: warnings + diagnostics)
    }

    private static func duplicate(_ id: ProviderID, in file: DefinitionFile, _ why: String) -> Diagnostic {
        Diagnostic(
            severity: .error, file: file.path, line: 1, column: 1, message: "the id \(id) is taken: \(why)",
            hint: "give it another x-bursar.id")
    }
}
