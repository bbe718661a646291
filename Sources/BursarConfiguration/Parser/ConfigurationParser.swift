import BursarBasics
import BursarCatalog
import BursarModel

/// Reads one configuration document, going on after each error so that all are told at once. *Value,* used once.
///
/// Each function that reads a node reports what is wrong with it and returns nil or the default then. Nothing is thrown: a throw
/// would hide what comes after it.
struct ConfigurationParser {
    /// The file as messages name it.
    let file: String
    /// The folder of the file as it was named; empty or ending with a slash.
    let folder: String
    /// The same from the root on, where the working folder is known: what relative paths in the file start from. A message that
    /// names a file says then which one is meant, wherever the program was started.
    let wholeFolder: String
    let sources: ConfigurationSources
    var resolver: SecretResolver
    var problems = ConfigurationProblems()
    /// The definitions read so far.
    var knownCatalog = Catalog.empty
    var unreadTargets = UnreadTargets()

    init(file: String, sources: ConfigurationSources) {
        self.file = file
        self.sources = sources
        resolver = SecretResolver(sources: sources)
        let folder = file.lastIndex(of: "/").map { String(file[...$0]) } ?? ""
        self.folder = folder
        wholeFolder = folder.hasPrefix("/") ? folder : sources.workingFolder.map { Self.joined($0, folder) } ?? folder
    }

    /// A key and its value as they stand in a mapping. *Value.*
    struct Entry {
        let keyMark: TextMark
        let node: LocatedNode
    }

    private static func joined(_ folder: String, _ rest: String) -> String {
        var rest = rest[...]
        while rest.hasPrefix("./") { rest = rest.dropFirst(2) }
        return folder + (folder.hasSuffix("/") ? "" : "/") + rest
    }

    /// A path for a message: as far as none of it could be a key.
    func shown(_ path: String) -> String { ShowableText.path(path, in: wholeFolder) }

    func at(_ mark: TextMark) -> ConfigurationPlace { ConfigurationPlace(file: file, line: mark.line, column: mark.column) }
    func at(_ node: LocatedNode) -> ConfigurationPlace { at(node.mark) }

    /// The document as a whole; nil, and reported, where it is no YAML. The catalog's reader quotes nothing of it.
    mutating func document(_ content: FileContent) -> LocatedNode? {
        let head = TopLevelKeys.head(of: content.bytes, most: ConfigurationLimits.topLevelKeys)
        for _ in 0..<head.left { problems.countError(at: nil) }
        do throws(Diagnostic) {
            return try LocatedReader.yaml(head.bytes, file: file, limits: ConfigurationLimits.document)
        } catch {
            problems.add([error])
            return nil
        }
    }

    /// The mapping's entries by key; unknown keys are reported with the one that was meant. Nil where the node is no mapping.
    mutating func entries(of node: LocatedNode, in section: ConfigurationKey.Section) -> [String: Entry]? {
        guard case .mapping(let pairs) = node.content else {
            if node.isNull { return [:] }
            problems.error(at(node), "\(Self.named(section)) must be a mapping of keys and values")
            return nil
        }
        let known = ConfigurationKey.names(in: section)
        var entries: [String: Entry] = [:]
        for pair in pairs {
            guard known.contains(pair.key) else {
                // Looking for what was meant costs more than anybody reads of a file of nothing but mistakes.
                if problems.isFull {
                    problems.countError(at: at(pair.keyMark))
                } else {
                    reportUnknownKey(pair, section: section, known: known)
                }
                continue
            }
            entries[pair.key] = Entry(keyMark: pair.keyMark, node: pair.value)
        }
        return entries
    }

    private mutating func reportUnknownKey(
        _ pair: LocatedNode.Pair, section: ConfigurationKey.Section, known: [String]
    ) {
        if Self.isRestOfNumber(pair) {
            problems.error(
                at(pair.keyMark), "unknown key \(QuotableName.quoted(pair.key)) in \(Self.named(section))",
                otherwise: "in {…} a comma ends a value; an amount has a point, as in 1.5, and no other mark; a duration is whole"
            )
            return
        }
        let spelled = pair.key.lowercased().replacingHyphens
        let meant =
            ConfigurationKey.synonyms[section]?[spelled]
            ?? (known.contains(spelled) ? spelled : NearestName.find(spelled, among: known))
        let elsewhere = ConfigurationKey.all.first { $0.section != section && $0.name == spelled }
        if meant == nil, let elsewhere {
            problems.error(
                at(pair.keyMark), "\(spelled) does not belong to \(Self.named(section)), but to \(elsewhere.sectionTitle)")
        } else {
            problems.error(
                at(pair.keyMark), "unknown key \(QuotableName.quoted(pair.key, near: meant)) in \(Self.named(section))",
                meant: meant, otherwise: "known keys are " + known.joined(separator: ", "))
        }
    }

    /// Whether a key is what is left of `1,5`, `1.000,50` or `1,5d` in braces: digits, perhaps a duration's unit, with nothing behind them.
    private static func isRestOfNumber(_ pair: LocatedNode.Pair) -> Bool {
        let digits = pair.key.prefix { $0.isASCII && $0.isWholeNumber }
        let rest = pair.key.dropFirst(digits.count)
        return pair.value.isNull && !digits.isEmpty && (rest.isEmpty || ["ms", "s", "m", "h", "d"].contains(rest))
    }

    static func named(_ section: ConfigurationKey.Section) -> String {
        switch section {
        case .root: "the configuration"
        case .account: "an account"
        case .listener: "an element of listen"
        case .client: "a client"
        case .alert: "a rule"
        case .target: "a target"
        case .defaults, .log, .drain, .tls, .limits, .secrets, .upstream: section.rawValue
        }
    }
}

extension ConfigurationKey {
    /// What a message calls the section.
    var sectionTitle: String { ConfigurationParser.named(section) }
}

extension String {
    /// `base-url` is a plain slip for `base_url`.
    fileprivate var replacingHyphens: String { String(map { $0 == "-" ? "_" : $0 }) }
}
