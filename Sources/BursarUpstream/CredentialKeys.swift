package import BursarModel
import Crypto

/// Makes the keys under which credentials stand in tables: HMAC-SHA256 over the provider, its base URL, the credential and the
/// account's parameters. *Immutable; any thread.*
///
/// Keyed, so that nobody who sees a digest can try credentials against it. Every part is preceded by its length: joined with a
/// delimiter, different parts could give the same text, and one caller would be shown another's balance (kong#14938).
package struct CredentialKeys: Sendable {
    private let key: SymmetricKey

    /// - Parameter processKey: 32 random bytes: of this process, or a store's, whose digests must hold beyond a restart.
    package init(processKey: Secret) {
        key = processKey.withExposedBytes { SymmetricKey(data: $0) }
    }

    private init(key: SymmetricKey) { self.key = key }

    /// For a process that stores nothing: no two runs agree.
    package static func random() -> CredentialKeys { CredentialKeys(key: SymmetricKey(size: .bits256)) }

    package func key(provider: ProviderID, baseURL: String, secret: Secret, parameters: [String: String]) -> CredentialKey {
        var digest = HMAC<SHA256>(key: key)
        Self.add(provider.name.utf8, to: &digest)
        Self.add(baseURL.utf8, to: &digest)
        secret.withExposedBytes { Self.add($0, to: &digest) }
        for (name, value) in parameters.sorted(by: { $0.key < $1.key }) {
            Self.add(name.utf8, to: &digest)
            Self.add(value.utf8, to: &digest)
        }
        // SHA-256 gives 32 bytes, which is what a key takes.
        guard let result = CredentialKey(digest: Array(digest.finalize())) else { preconditionFailure("SHA-256 gives 32 bytes") }
        return result
    }

    private static func add(_ part: some Collection<UInt8>, to digest: inout HMAC<SHA256>) {
        withUnsafeBytes(of: UInt64(part.count).bigEndian) { digest.update(data: $0) }
        digest.update(data: Array(part))
    }
}
