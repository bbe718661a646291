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
        CredentialKeys(processKey: Secret.random(bytes: 32))
    }

    package func key(provider: ProviderID, baseURL: String, secret: Secret, parameters: [String: String]) -> CredentialKey {
        let digest = hash.digest { input in
            Self.add(provider.name, to: &input)
            Self.add(baseURL, to: &input)
            secret.withExposedBytes { Self.add($0, to: &input) }
            for (name, value) in parameters.sorted(by: { $0.key < $1.key }) {
                Self.add(name, to: &input)
                Self.add(value, to: &input)
            }
        }
        guard let result = CredentialKey(digest: digest) else { preconditionFailure("SHA-256 gives 32 bytes") }
        return result
    }

    /// A digest of secrets and texts that survives a restart: it shows that one changed, and never what it is.
    package func fingerprint(_ secrets: [Secret], _ texts: [String]) -> String {
        let digest = hash.digest { input in
            Self.add("fingerprint", to: &input)
            for secret in secrets { secret.withExposedBytes { Self.add($0, to: &input) } }
            for text in texts { Self.add(text, to: &input) }
        }
        return digest.map(\.hexPair).joined()
    }

    private static func add(_ text: String, to input: inout KeyedHash.Input) {
        var text = text
        text.withUTF8 { add(UnsafeRawBufferPointer($0), to: &input) }
    }

    /// Without an array between: its memory would not be wiped.
    private static func add(_ part: UnsafeRawBufferPointer, to input: inout KeyedHash.Input) {
        withUnsafeBytes(of: UInt64(part.count).bigEndian) { input.update($0) }
        input.update(part)
    }
}
