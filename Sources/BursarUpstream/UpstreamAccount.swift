package import BursarCatalog
package import BursarEngine
package import BursarModel

/// A credential with everything that is needed to ask its provider: a configured account, or a caller's own credential for one
/// request. *Immutable; any thread.* A reference, because every request hands it from place to place.
package final class UpstreamAccount: Sendable {
    /// Nil for a passed-through credential.
    package let id: AccountID?
    package let definition: ProviderDefinition
    /// Where the provider is asked: the definition's origin, or the configuration's `base_url`. No trailing slash.
    package let baseURL: String
    package let secret: Secret
    package let key: CredentialKey
    package let policy: RefreshPolicy
    package let parameters: [String: String]

    /// - Parameter id: nil for a passed-through credential; its residence in the table is bounded then, whatever `policy` says.
    package init(
        id: AccountID?, definition: ProviderDefinition, baseURL: String? = nil, secret: Secret,
        parameters: [String: String] = [:], policy: RefreshPolicy, keys: CredentialKeys
    ) {
        var base = baseURL ?? definition.origin(parameters: parameters) ?? definition.origin
        while base.utf8.last == UInt8(ascii: "/") { base.removeLast() }
        var policy = policy
        policy.residence = id == nil ? .passThrough : .configured
        self.id = id
        self.definition = definition
        self.baseURL = base
        self.secret = secret
        self.parameters = parameters
        self.policy = policy
        key = keys.key(provider: definition.id, baseURL: base, secret: secret, parameters: parameters)
    }

    /// The same, asked and judged by another definition of its provider.
    func with(_ definition: ProviderDefinition) -> UpstreamAccount { UpstreamAccount(self, definition: definition) }

    private init(_ account: UpstreamAccount, definition: ProviderDefinition) {
        self.definition = definition
        (id, baseURL, secret) = (account.id, account.baseURL, account.secret)
        (key, policy, parameters) = (account.key, account.policy, account.parameters)
    }

    /// How a log line names it: no part of the credential, not even a fingerprint.
    package var logName: String { id?.account.name ?? "(passed through)" }
}
