package import BursarCatalog
package import BursarModel

extension AuthPlan {
    /// What a scrubber must know of a credential, because a provider could echo it: all of it, and of a basic-auth pair the
    /// password alone.
    package func secrets(of secret: Secret) -> [Secret] {
        guard case .basic = scheme else { return [secret] }
        let password = secret.withExposedBytes { bytes in
            bytes.firstIndex(of: UInt8(ascii: ":")).map { Secret(Array(bytes[($0 + 1)...])) }
        }
        return [secret] + (password.map { [$0] } ?? [])
    }
}
