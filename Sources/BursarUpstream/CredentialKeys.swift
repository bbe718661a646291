import BursarBasics
import BursarHash
package import BursarModel

/// Makes the keys under which credentials stand in tables: HMAC-SHA256 over the provider, its base URL, the credential and the
/// account's parameters. *Immutable; any thread.*
///
/// Keyed, so that nobody who sees a digest can try credentials against it. Every part is preceded by its length: joined with a
/// delimiter, different parts could give the same text, and one caller would be shown another's balance (kong#14938).
package struct CredentialKeys: Sendable {
    private let hash: KeyedHash

    /// - Parameter processKey: 32 random bytes: of this process, or a store's, whose digests must hold beyond a restart.
    package init(processKey: Secret) {
        hash = processKey.withExposedBytes { KeyedHash(key: $0) }
    }

    /// For a process that stores nothing: no two runs agree.
    package static func random() -> CredentialKeys {
        CredentialKeys(processKey: Secret((0..<32).map { _ in UInt8.random(in: .min ... .max) }))
    }

    package func key(provider: ProviderID, baseURL: String, secret: Secret, parameters: [String: String]) -> CredentialKey {
        let digest = hash.digest { input in
            Self.add(provider.name.utf8, to: &input)
            Self.add(baseURL.utf8, to: &input)
            secret.withExposedBytes { Self.add($0, to: &input) }
            for (name, value) in parameters.sorted(by: { $0.key < $1.key }) {
                Self.add(name.utf8, to: &input)
                Self.add(value.utf8, to: &input)
            }
        }
        // SHA-256 gives 32 bytes, which is what a key takes.
        guard let result = CredentialKey(digest: digest) else { preconditionFailure("SHA-256 gives 32 bytes") }
        return result
    }

    /// Tells one set of secrets from another beyond a restart, without telling them.
    package func fingerprint(_ secrets: [Secret], _ texts: [String]) -> String {
        let digest = hash.digest { input in
            Self.add("fingerprint".utf8, to: &input)
            for secret in secrets { secret.withExposedBytes { Self.add($0, to: &input) } }
            for text in texts { Self.add(text.utf8, to: &input) }
        }
        return digest.map(\.hexPair).joined()
    }

    private static func add(_ part: some Collection<UInt8>, to input: inout KeyedHash.Input) {
        withUnsafeBytes(of: UInt64(part.count).bigEndian) { input.update($0) }
        Array(part).withUnsafeBytes { input.update($0) }
    }
}
