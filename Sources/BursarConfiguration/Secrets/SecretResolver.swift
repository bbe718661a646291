import BursarCatalog
package import BursarModel

/// Reads credentials from where references say they are. *Value.* The same code serves the start and every later re-reading.
package struct SecretResolver: Sendable {
    /// Longer than any key, and shorter than what servers accept as one header field (8 KiB is the usual bound).
    package static let mostBytes = 4_096
    /// The scrubber looks for nothing shorter, or it would blank ordinary words.
    package static let fewestBytes = Scrubber.minimumWordLength
    /// Below this the scrubber finds a secret as a whole word only.
    package static let fewBytes = Scrubber.minimumLength

    let sources: ConfigurationSources
    /// Whether the configuration lets commands be run: `secrets: {exec: true}`.
    package var runsCommands: Bool

    package init(sources: ConfigurationSources, runsCommands: Bool = false) {
        self.sources = sources
        self.runsCommands = runsCommands
    }

    /// A credential that passed every check, and what an operator should know of it. *Value.*
    package struct Resolved: Sendable {
        package let secret: Secret
        /// The part of ``secret`` that is secret by itself, where a user stands before it.
        package let password: Secret?
        /// The path of the file it came from.
        package var file: String?
        /// Of the file it came from; nil where it came from no ordinary file.
        package let permissions: UInt16?
        /// Every user of this machine can put another file in the place of the one it came from.
        package var isReplaceableByAnyone = false

        /// Every user of this machine can read it.
        package var isReadableByAnyone: Bool { permissions.map { $0 & 0o004 != 0 } ?? false }
        package var isReadableByGroup: Bool { permissions.map { $0 & 0o040 != 0 } ?? false }
        /// Every user of this machine can put another key in its place.
        package var isWritableByAnyone: Bool { permissions.map { $0 & 0o002 != 0 } ?? false }
    }

    /// The credential as it is sent, the user of a basic one included: what a re-reading calls.
    package func resolve(_ reference: SecretReference, literal: String? = nil) throws(SecretProblem) -> Resolved {
        let resolved = try resolve(reference.source, literal: literal)
        guard let user = reference.user else { return resolved }
        let pair = resolved.secret.withExposedBytes { Secret(Array(user.utf8) + [UInt8(ascii: ":")] + $0) }
        return Resolved(
            secret: pair, password: resolved.secret, file: resolved.file, permissions: resolved.permissions,
            isReplaceableByAnyone: resolved.isReplaceableByAnyone)
    }

    /// - Parameter literal: the text of the value itself, for ``SecretReference/Source/literal``.
    func resolve(_ source: SecretReference.Source, literal: String? = nil) throws(SecretProblem) -> Resolved {
        switch source {
        case .environment(let name):
            guard let value = sources.environment[name] else { throw .variableNotSet(name: name) }
            return Resolved(secret: try Self.checked(Array(value.utf8)), password: nil, permissions: nil)
        case .file, .credential:
            return try resolveFile(try file(of: source))
        case .command(let command):
            guard runsCommands else { throw .commandsNotAllowed }
            // As for a file: a line break is no part of the key.
            switch sources.runCommand(command, Self.mostBytes + 2) {
            case .failure(.tooMuchOutput): throw .tooLong
            case .failure(let problem): throw .command(problem)
            case .success(let output): return try Self.resolved(output, permissions: nil)
            }
        case .literal:
            guard let literal else { throw .blank }
            return Resolved(secret: try Self.checked(Array(literal.utf8)), password: nil, permissions: nil)
        }
    }

    /// The path of the file that a key is read from; empty where it stands elsewhere.
    func file(of source: SecretReference.Source) throws(SecretProblem) -> String {
        switch source {
        case .file(let path):
            guard path.hasPrefix("~/") else { return path }
            guard let home = sources.home else { throw .homeUnknown }
            return home + path.dropFirst()
        case .credential(let name):
            guard let folder = sources.environment["CREDENTIALS_DIRECTORY"], !folder.isEmpty else {
                throw .noCredentialsDirectory
            }
            return folder + (folder.hasSuffix("/") ? "" : "/") + name
        case .environment, .command, .literal: return ""
        }
    }

    private func resolveFile(_ path: String) throws(SecretProblem) -> Resolved {
        // Two bytes more for the line break that editors put behind the last line.
        switch sources.readFile(path, Self.mostBytes + 2) {
        case .failure(.tooLarge): throw .tooLong
        case .failure(let problem): throw .unreadable(path: path, problem)
        case .success(let content):
            var resolved = try Self.resolved(content.bytes, permissions: content.permissions)
            resolved.file = path
            resolved.isReplaceableByAnyone = content.isReplaceableByAnyone
            return resolved
        }
    }

    /// A key and the line break behind it that editors and programs put there.
    private static func resolved(_ bytes: [UInt8], permissions: UInt16?) throws(SecretProblem) -> Resolved {
        var bytes = bytes[...]
        while let last = bytes.last, last == 0x0A || last == 0x0D { bytes.removeLast() }
        return Resolved(secret: try checked(bytes), password: nil, permissions: permissions)
    }

    /// A key goes into a header field: what would end the field, or be trimmed by a server and so change the key, is refused
    /// here rather than sent.
    static func checked(_ bytes: some BidirectionalCollection<UInt8>) throws(SecretProblem) -> Secret {
        guard bytes.contains(where: { $0 != 0x20 && $0 != 0x09 && $0 != 0x0A && $0 != 0x0D }) else { throw .blank }
        guard bytes.count <= mostBytes else { throw .tooLong }
        for end in [bytes.first, bytes.last] where end == 0x20 || end == 0x09 || end == 0x0A || end == 0x0D {
            throw .surroundingSpace
        }
        guard !bytes.contains(0x0A), !bytes.contains(0x0D) else { throw .lineBreak }
        guard bytes.allSatisfy({ $0 < 0x80 }) else { throw .notASCII }
        guard bytes.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else { throw .controlCharacter }
        return Secret(bytes)
    }
}

/// Why there is no credential. *Value.* Never a part of one: ``words`` is safe to show anyone.
package enum SecretProblem: Error, Sendable, Equatable {
    case variableNotSet(name: String)
    case noCredentialsDirectory
    case homeUnknown
    case unreadable(path: String, FileProblem)
    case commandsNotAllowed
    case command(CommandProblem)
    case blank
    case tooLong
    case surroundingSpace
    case lineBreak
    case notASCII
    case controlCharacter

    /// Of a variable: in capitals and of several words, as variables are, or words of a language. A key may have been pasted in its place.
    private static func isQuotable(_ name: String) -> Bool {
        ShowableText.allows(name)
            && (QuotableName.cannotBeKey(name) || name.contains("_") && !name.utf8.contains { (0x61...0x7A).contains($0) })
    }

    package var words: String {
        switch self {
        case .variableNotSet(let name):
            "the environment variable \(Self.isQuotable(name) ? name : "named here") is not set"
        case .noCredentialsDirectory: "$CREDENTIALS_DIRECTORY is not set: systemd sets it where the unit has LoadCredential="
        case .homeUnknown: "~ stands for $HOME, which is not set"
        case .unreadable(let path, let problem): "\(ShowableText.path(path)) \(problem.words)"
        case .commandsNotAllowed: "commands are not run unless the configuration says secrets: {exec: true}"
        case .command(let problem): "the command \(problem.words)"
        case .blank: "the key is blank"
        case .tooLong: "the key is longer than \(SecretResolver.mostBytes) bytes"
        case .surroundingSpace: "the key begins or ends with white space"
        case .lineBreak: "the key has a line break in it: a file holds one key and nothing else"
        case .notASCII: "the key has a character in it that is not ASCII"
        case .controlCharacter: "the key has a control character in it"
        }
    }
}
