package import BursarModel

/// The definitions by name. *Value;* a reload builds a new one.
package struct Catalog: Sendable {
    /// The built-in ones by name, then the others in the order of their files.
    package let ids: [ProviderID]
    /// What works and is probably not meant, sorted by place. Of the files that were added: the built-in ones have none.
    package let warnings: [Diagnostic]

    private let added: [ProviderID: ProviderDefinition]
    /// The built-in ones that it has.
    private let builtIn: Set<ProviderID>

    private init(
        ids: [ProviderID], added: [ProviderID: ProviderDefinition], builtIn: Set<ProviderID>, warnings: [Diagnostic]
    ) {
        self.ids = ids
        self.added = added
        self.builtIn = builtIn
        self.warnings = warnings.sorted()
    }

    /// A built-in one is compiled when it is asked for the first time, which takes a millisecond or two.
    package subscript(id: ProviderID) -> ProviderDefinition? {
        added[id] ?? (builtIn.contains(id) ? BuiltInDefinitions.shared[id] : nil)
    }

    package func contains(_ id: ProviderID) -> Bool { added[id] != nil || builtIn.contains(id) }

    /// All of them: for lists that people ask for, not for a start. Nothing stays compiled that was not before.
    package var definitions: [ProviderDefinition] {
        ids.compactMap { added[$0] ?? (builtIn.contains($0) ? BuiltInDefinitions.shared.read($0) : nil) }
    }

    /// Those of the operator's own files.
    package var addedIDs: [ProviderID] { ids.filter { added[$0] != nil } }

    /// Those that somebody has asked for: of a configuration, the definitions of its accounts and the operator's own.
    package var compiledDefinitions: [ProviderDefinition] {
        ids.compactMap { added[$0] ?? (builtIn.contains($0) ? BuiltInDefinitions.shared.compiledDefinition($0) : nil) }
    }

    /// The variables that make an account of `id`; does not compile it.
    package func environmentVariables(_ id: ProviderID) -> [String] {
        added[id]?.environmentVariables ?? (builtIn.contains(id) ? BuiltInDefinitions.shared.environmentVariables(id) : [])
    }

    /// What there is, for a message about a name that there is not: a few by name, many by number.
    package var knownNames: String {
        let named = Array((ids.count <= Self.mostShown ? ids : addedIDs).prefix(Self.mostShown))
        let others = ids.count - named.count
        return (named.map(\.name) + (others > 0 ? ["the \(others) that `bursar providers` lists"] : [])).joined(separator: ", ")
    }

    /// A list of a hundred helps nobody.
    private static let mostShown = 20

    /// The one that was probably meant.
    package func nearestName(to name: String) -> String? { NearestName.find(name, among: ids.map(\.name)) }

    /// Without any definition; ``adding(_:)`` makes one with a user's alone.
    package static let empty = Catalog(ids: [], added: [:], builtIn: [], warnings: [])

    /// The same with some definitions only.
    package func filtered(_ isIncluded: (ProviderID) -> Bool) -> Catalog {
        Catalog(
            ids: ids.filter(isIncluded), added: added.filter { isIncluded($0.key) }, builtIn: builtIn.filter(isIncluded),
            warnings: warnings)
    }

    /// The definitions that are part of the program. Compiles none of them.
    /// - Throws: only where a file is misnamed, which a test rules out.
    package static func builtIn() throws(CatalogDiagnostics) -> Catalog {
        let misnamed = BuiltInDefinitions.shared.misnamed
        guard misnamed.isEmpty else { throw CatalogDiagnostics(diagnostics: misnamed) }
        let ids = BuiltInDefinitions.shared.ids
        return Catalog(ids: ids, added: [:], builtIn: Set(ids), warnings: [])
    }

    /// A built-in definition as its file has it.
    package static func builtInFile(_ id: ProviderID) -> DefinitionFile? { BuiltInDefinitions.shared.file(id) }

    /// - Throws: everything that is wrong with any of the files; none of them is used then.
    package func adding(_ files: [DefinitionFile]) throws(CatalogDiagnostics) -> Catalog {
        var ids = ids
        var added = added
        var diagnostics: [Diagnostic] = []
        var fileByID: [ProviderID: String] = [:]
        for file in files {
            let result = DefinitionReader.read(file)
            diagnostics += result.diagnostics
            guard let definition = result.definition else { continue }
            if let other = fileByID[definition.id] {
                diagnostics.append(Self.duplicate(definition, in: file, "\(other) defines it, too"))
            } else if added[definition.id] != nil {
                diagnostics.append(Self.duplicate(definition, in: file, "there is a definition of that name already"))
            } else {
                fileByID[definition.id] = file.path
                // An operator who knows better than the program, or knew before it, is right.
                if builtIn.contains(definition.id) {
                    diagnostics.append(
                        Diagnostic(
                            severity: .warning, file: file.path, line: definition.idMark.line, column: definition.idMark.column,
                            message: "it stands in the place of the built-in definition of \(definition.id)"))
                } else {
                    ids.append(definition.id)
                }
                added[definition.id] = definition
            }
        }
        guard !diagnostics.contains(where: { $0.severity == .error }) else {
            throw CatalogDiagnostics(diagnostics: diagnostics.sorted())
        }
        return Catalog(ids: ids, added: added, builtIn: builtIn, warnings: warnings + diagnostics)
    }

    /// Two definitions cannot have one id.
    static func duplicate(_ definition: ProviderDefinition, in file: DefinitionFile, _ why: String) -> Diagnostic {
        Diagnostic(
            severity: .error, file: file.path, line: definition.idMark.line, column: definition.idMark.column,
            message: "the id \(definition.id) is taken: \(why)", hint: "give it another x-bursar.id")
    }
}
