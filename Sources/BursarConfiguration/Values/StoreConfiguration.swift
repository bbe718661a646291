import BursarCatalog

/// Where readings, cooldowns, history, counters, claims and alerts outlive the process. *Value.*
package enum StoreConfiguration: Sendable, Equatable {
    /// A SQLite file.
    case sqlite(path: String)
    /// Nothing is kept.
    case memory(Reason)

    /// *Value.*
    package enum Reason: Sendable, Equatable {
        case chosen
        /// No variable says where state belongs.
        case noFolder
    }

    /// Whether anything outlives the process.
    var isKept: Bool {
        if case .memory = self { false } else { true }
    }

    /// The file's name, behind the folder that is bursar's own.
    static let fileName = "bursar.db"
    /// What a store's name may end with. A store that turns out to be broken is moved aside: a slip must not do that to another
    /// program's file.
    static let endings = [".db", ".sqlite", ".sqlite3"]

    /// Where the configuration says nothing: what a service manager gave, else the user's own folder for state.
    static func standard(_ sources: ConfigurationSources) -> StoreConfiguration {
        func absolute(_ name: String) -> String? { sources.environment[name].flatMap { $0.hasPrefix("/") ? $0 : nil } }
        // systemd.exec(5): several folders are separated by colons.
        if let given = absolute("STATE_DIRECTORY")?.split(separator: ":").first { return .sqlite(path: given + "/" + fileName) }
        if let state = absolute("XDG_STATE_HOME") { return .sqlite(path: state + "/bursar/" + fileName) }
        if let home = sources.home, home.hasPrefix("/") { return .sqlite(path: home + "/.local/state/bursar/" + fileName) }
        return .memory(.noFolder)
    }
}

extension StoreConfiguration {
    /// For `bursar check`.
    var title: String {
        switch self {
        case .sqlite(let path): ShowableText.path(path)
        case .memory(.chosen): "memory: nothing survives a restart"
        case .memory(.noFolder): "memory: none of STATE_DIRECTORY, XDG_STATE_HOME and HOME names a folder from the root"
        }
    }
}

extension ConfigurationParser {
    /// `memory` or `sqlite:PATH`; nil where the configuration says nothing, or nothing that can be used.
    mutating func store(_ entry: Entry?) -> StoreConfiguration? {
        let expected = "memory or sqlite:PATH"
        guard let entry, let text = text(entry.node, "store", expected: expected) else { return nil }
        if text == "memory" { return .memory(.chosen) }
        let place = at(entry.node)
        guard text.hasPrefix("sqlite:") else {
            let endsAsFile = StoreConfiguration.endings.contains { text.hasSuffix($0) }
            problems.error(
                place, "store must be \(expected)",
                meant: endsAsFile && ShowableText.allowsPath(text)
                    ? "sqlite:\(text)" : NearestName.find(text.lowercased(), among: ["memory"]))
            return nil
        }
        guard text.utf8.count < 4_096, text.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else {
            problems.error(place, "the store's path has a control character, or more than 4,095 bytes")
            return nil
        }
        guard StoreConfiguration.endings.contains(where: { text.hasSuffix($0) }) else {
            problems.error(place, "the store's file must be named *" + StoreConfiguration.endings.joined(separator: ", *"))
            return nil
        }
        return resolvedPath(String(text.dropFirst("sqlite:".count)), place).map { .sqlite(path: $0) }
    }

    /// A store that cannot be used is no reason not to start: the gateway serves on from memory.
    mutating func checkStore(_ store: StoreConfiguration, _ place: ConfigurationPlace) {
        guard case .sqlite(let path) = store, let fault = sources.checkStore(path) else { return }
        problems.warning(place, "\(shown(path)) \(fault.words); serve would keep everything in memory")
    }
}
