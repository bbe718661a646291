package import BursarCatalog
package import BursarModel

extension AuthPlan {
    /// What a scrubber must know of a credential, because a provider could echo it: all of it, of a basic-auth pair the
    /// password alone, and of two secrets each.
    package func secrets(of secret: Secret) -> [Secret] {
        guard isPair else { return [secret] }
        if secondHeader != nil {
            let first = secret.withExposedBytes { bytes in Secret(Array(bytes.prefix { $0 != UInt8(ascii: ":") })) }
            return [secret, first] + (password(of: secret).map { [$0] } ?? [])
        }
        return [secret] + (password(of: secret).map { [$0] } ?? [])
    }

    private func password(of secret: Secret) -> Secret? {
        secret.withExposedBytes { bytes in
            bytes.firstIndex(of: UInt8(ascii: ":")).map { Secret(Array(bytes[($0 + 1)...])) }
        }
    }
}
