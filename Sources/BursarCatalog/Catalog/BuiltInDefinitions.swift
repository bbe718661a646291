import BursarModel
import Synchronization

/// The definitions that are part of the program: the files of `Definitions`, by name. *Mutex; any thread.*
///
/// There are many of them and an operator uses a few: each is compiled when it is first asked for, and what is known of the others is their name.
final class BuiltInDefinitions: Sendable {
    /// Every catalog of the process shares what was compiled.
    static let shared = BuiltInDefinitions()

    let ids: [ProviderID]
    /// Files whose name is no id.
    let misnamed: [Diagnostic]
    private let places: [ProviderID: Int]
    private let compiled = Mutex<[ProviderID: ProviderDefinition]>([:])

    private init() {
        var ids: [ProviderID] = []
        var places: [ProviderID: Int] = [:]
        var misnamed: [Diagnostic] = []
        for index in 0..<EmbeddedDefinitions.count {
            let name = EmbeddedDefinitions.file(index).name.withUTF8Buffer { String(decoding: $0, as: UTF8.self) }
            guard let id = ProviderID(name) else {
                misnamed.append(Diagnostic(severity: .error, file: "built-in/\(name).yaml", message: "its name is no id"))
                continue
            }
            ids.append(id)
            places[id] = index
        }
        self.ids = ids
        self.misnamed = misnamed
        self.places = places
    }

    /// Nil for other names, and for a file that is no definition or defines another name, which a test rules out.
    subscript(id: ProviderID) -> ProviderDefinition? {
        if let definition = compiledDefinition(id) { return definition }
        guard let definition = read(id) else { return nil }
        compiled.withLock { $0[id] = definition }
        return definition
    }

    /// Nil where nobody has asked for it yet.
    func compiledDefinition(_ id: ProviderID) -> ProviderDefinition? { compiled.withLock { $0[id] } }

    /// The same without keeping it.
    func read(_ id: ProviderID) -> ProviderDefinition? {
        if let definition = compiledDefinition(id) { return definition }
        guard let file = file(id), let definition = DefinitionReader.read(file).definition, definition.id == id else {
            return nil
        }
        return definition
    }

    func file(_ id: ProviderID) -> DefinitionFile? {
        places[id].map { index in
            DefinitionFile(
                path: "built-in/\(id).yaml", bytes: EmbeddedDefinitions.file(index).text.withUTF8Buffer { Array($0) })
        }
    }

    /// The variables that make an account of it, without compiling it: those that its file names in one line, else the one that follows
    /// from the id.
    func environmentVariables(_ id: ProviderID) -> [String] {
        guard let index = places[id] else { return [] }
        let line = EmbeddedDefinitions.file(index).environment.withUTF8Buffer { String(decoding: $0, as: UTF8.self) }
        guard !line.isEmpty else { return [id.environmentVariable] }
        return line.split(whereSeparator: { $0 == "," || $0 == " " }).map(String.init)
    }
}

extension ProviderID {
    /// `acme-cloud` has `ACME_CLOUD_API_KEY` where its definition names no variable.
    var environmentVariable: String { name.uppercased().map { $0 == "-" ? "_" : String($0) }.joined() + "_API_KEY" }
}
