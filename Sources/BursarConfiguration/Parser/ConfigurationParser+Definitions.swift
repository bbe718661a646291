import BursarCatalog
import BursarModel

/// The files of `providers:`.
extension ConfigurationParser {
    /// The program's own definitions. That one is malformed is a bug which a test rules out; it is told like any other error.
    mutating func catalog(_ builtIn: Result<Catalog, CatalogDiagnostics>) -> Catalog {
        switch builtIn {
        case .success(let catalog): return catalog
        case .failure(let error):
            problems.add(error.diagnostics)
            return .empty
        }
    }

    /// The catalog with the definitions that `providers:` names, and whether all of them could be read.
    mutating func catalog(_ entry: Entry?, _ builtIn: Catalog) -> (Catalog, isComplete: Bool) {
        let paths = texts(entry, "providers", element: "the path of a folder or file with definitions", atMost: 1_000)
        guard let paths else { return (builtIn, entry == nil) }
        let errorsBefore = problems.errorCount
        var files: [DefinitionFile] = []
        var seen: Set<String> = []
        for (path, place) in paths {
            // Their problems are told by file:line:column, which is short where the configuration was named so.
            guard let path = resolvedPath(path, place, from: folder) else { continue }
            for file in definitionFiles(path, place) where seen.insert(file.path).inserted { files.append(file) }
        }
        do throws(CatalogDiagnostics) {
            let catalog = try files.isEmpty ? builtIn : builtIn.adding(files)
            problems.add(catalog.warnings)
            return (catalog, problems.errorCount == errorsBefore)
        } catch {
            problems.add(error.diagnostics)
            return (builtIn, false)
        }
    }

    private mutating func definitionFiles(_ path: String, _ place: ConfigurationPlace) -> [DefinitionFile] {
        switch sources.listFolder(path) {
        case .success(let names):
            let folder = path.hasSuffix("/") ? path : path + "/"
            let definitions = names.filter(DefinitionFolder.isDefinition).sorted()
            if definitions.isEmpty {
                problems.warning(place, "\(shown(path)) has no definition in it: they end in .yaml, .yml or .json")
            }
            return definitions.compactMap { definitionFile(folder + $0, place) }
        case .failure(.notAFolder):
            return [definitionFile(path, place)].compactMap(\.self)
        case .failure(let problem):
            problems.error(place, "\(shown(path)) \(problem.words)")
            return []
        }
    }

    private mutating func definitionFile(_ path: String, _ place: ConfigurationPlace) -> DefinitionFile? {
        switch sources.readFile(path, DefinitionFolder.mostBytes) {
        case .success(let content): return DefinitionFile(path: path, bytes: content.bytes)
        case .failure(let problem):
            problems.error(place, "\(shown(path)) \(problem.words)")
            return nil
        }
    }
}
