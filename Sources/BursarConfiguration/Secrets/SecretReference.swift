import BursarBasics
import BursarCatalog
import BursarModel

/// Where a credential comes from, as the configuration says it: kept beside the credential, so that it can be read again. *Value.*
package struct SecretReference: Sendable, Equatable {
    package enum Source: Sendable, Equatable {
        /// `${env:NAME}`, or the default variable of a definition.
        case environment(name: String)
        /// `${file:/path}`, absolute or resolved against the configuration's folder.
        case file(path: String)
        /// `${credential:name}`, a file in `$CREDENTIALS_DIRECTORY`.
        case credential(name: String)
        /// `${exec:/path argument…}`: what a command prints.
        case command(SecretCommand)
        /// Written in the configuration itself. The text is not kept here: it changes only with the file, and a reference may
        /// be described.
        case literal
    }

    package let source: Source
    /// The user that stands before the key, with a colon, where a provider wants basic authentication.
    package let user: String?
    /// Where the reference stands.
    package let place: ConfigurationPlace

    package init(source: Source, user: String? = nil, place: ConfigurationPlace) {
        self.source = source
        self.user = user
        self.place = place
    }
}

extension SecretReference.Source {
    /// The schemes of `${scheme:…}`, in the order in which documents list them.
    package static let schemes = ["env", "file", "credential", "exec"]

    /// Why a text is neither a reference nor a literal. *Value.*
    package enum Refusal: Error, Equatable {
        /// `${` and other text in one value: a key is never put together.
        case notTheWholeValue
        case notClosed
        /// `${NAME}` or `$NAME`; `meant` where the name is plain.
        case noScheme(meant: String?)
        case unknownScheme(meant: String?)
        case badEnvironmentName
        case badPath
        case badCredentialName
        case badCommand
    }

    /// Takes a text without `${` as a literal.
    package static func parse(_ text: String) throws(Refusal) -> SecretReference.Source {
        guard text.contains("${") else {
            if text.hasPrefix("$"), isEnvironmentName(text.dropFirst()), text == text.uppercased() {
                throw .noScheme(meant: suggestion(for: text.dropFirst()))
            }
            return .literal
        }
        guard text.hasPrefix("${") else { throw .notTheWholeValue }
        guard let close = text.firstIndex(of: "}") else { throw .notClosed }
        guard text.index(after: close) == text.endIndex else { throw .notTheWholeValue }
        let inner = text.dropFirst(2).dropLast()
        guard let colon = inner.firstIndex(of: ":") else { throw .noScheme(meant: suggestion(for: inner)) }
        return try source(scheme: String(inner[..<colon]), argument: String(inner[inner.index(after: colon)...]))
    }

    private static func source(scheme: String, argument: String) throws(Refusal) -> SecretReference.Source {
        switch scheme {
        case "env":
            guard isEnvironmentName(argument) else { throw .badEnvironmentName }
            return .environment(name: argument)
        case "file":
            guard argument.hasPrefix("/") || argument.hasPrefix("./") || argument.hasPrefix("../") || argument.hasPrefix("~/"),
                !argument.hasSuffix("/"), argument.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F })
            else { throw .badPath }
            return .file(path: argument)
        case "credential":
            guard isCredentialName(argument) else { throw .badCredentialName }
            return .credential(name: argument)
        case "exec":
            guard let command = SecretCommand(argument) else { throw .badCommand }
            return .command(command)
        default:
            throw .unknownScheme(meant: NearestName.find(scheme, among: schemes))
        }
    }

    private static func suggestion(for name: some StringProtocol) -> String? {
        isEnvironmentName(name) && ShowableText.allows(name) ? "${env:\(name)}" : nil
    }

    static func isEnvironmentName(_ name: some StringProtocol) -> Bool {
        guard let first = name.utf8.first, first.isASCIILetter || first == 0x5F else { return false }
        return name.utf8.allSatisfy { $0.isASCIILetter || $0.isASCIIDigit || $0 == 0x5F }
    }

    /// One part of a path and no way out of its folder, as systemd wants it for the name of a credential.
    private static func isCredentialName(_ name: String) -> Bool {
        (1...255).contains(name.utf8.count) && name != "." && name != ".."
            && name.utf8.allSatisfy { $0.isVisibleASCII && $0 != UInt8(ascii: "/") }
    }
}
