package import BursarModel

/// Who is told of alerts, and how. *Value.*
package struct TargetConfiguration: Sendable {
    package enum Kind: Sendable {
        /// A signed POST (Standard Webhooks 1.0). Several secrets while one replaces another.
        case webhook(TargetEndpoint, secrets: [Secret])
        /// An Alertmanager, whose routes and silences decide who hears of it.
        case alertmanager(TargetEndpoint)
        /// `{"text": …}`: Slack, and all that speak its incoming webhooks.
        case slack(TargetEndpoint)
        /// A topic of an ntfy server.
        case ntfy(TargetEndpoint, token: Secret?)
        /// A program, run without a shell, with JSON on its input.
        case command(SecretCommand, timeout: Duration)
    }

    package let name: String
    package let kind: Kind
    /// Messages in an hour; more are summed up.
    package let perHour: Int
    package let place: ConfigurationPlace
    /// Files that a secret of it stands in.
    package var secretFiles: [String] = []

    package static let standardPerHour = 20
    package static let standardTimeout: Duration = .seconds(15)

    /// The word of the configuration.
    package var word: String {
        switch kind {
        case .webhook: "webhook"
        case .alertmanager: "alertmanager"
        case .slack: "slack"
        case .ntfy: "ntfy"
        case .command: "command"
        }
    }

    /// What may be shown of where it is: a host, or a program.
    package var shown: String {
        switch kind {
        case .webhook(let endpoint, _), .alertmanager(let endpoint), .slack(let endpoint), .ntfy(let endpoint, _): endpoint.host
        case .command(let command, _):
            command.words.first.map { ShowableText.allowsPath($0) ? $0 : "a program" } ?? "a program"
        }
    }

    package var endpoint: TargetEndpoint? {
        switch kind {
        case .webhook(let endpoint, _), .alertmanager(let endpoint), .slack(let endpoint), .ntfy(let endpoint, _): endpoint
        case .command: nil
        }
    }

    /// All of it that must not leave the process.
    package var secrets: [Secret] {
        switch kind {
        case .webhook(let endpoint, let secrets): [endpoint.url, endpoint.path].compactMap(\.self) + secrets
        case .alertmanager(let endpoint), .slack(let endpoint): [endpoint.url, endpoint.path].compactMap(\.self)
        case .ntfy(let endpoint, let token): [endpoint.url, endpoint.path, token].compactMap(\.self)
        case .command: []
        }
    }
}

/// An address that messages are posted to. *Value.* It is a secret: many hold a token in their path.
package struct TargetEndpoint: Sendable {
    package let url: Secret
    /// Path and query, where they are long enough to be one.
    package let path: Secret?
    /// What may be shown.
    package let host: String
    /// Whether the operator named an address, or said that the name may lead to one that is not public.
    package let mayBePrivate: Bool
    package let isThisMachine: Bool
}

extension TargetConfiguration {
    /// Whether nothing differs that an operator wrote.
    package func isSame(as other: TargetConfiguration) -> Bool {
        guard name == other.name, word == other.word, perHour == other.perHour, shown == other.shown,
            endpoint?.mayBePrivate == other.endpoint?.mayBePrivate, secrets.count == other.secrets.count,
            zip(secrets, other.secrets).allSatisfy({ $0.constantTimeEquals($1) })
        else { return false }
        guard case .command(let command, let timeout) = kind else { return true }
        guard case .command(command, timeout) = other.kind else { return false }
        return true
    }
}
