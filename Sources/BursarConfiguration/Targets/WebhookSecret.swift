import BursarBasics
import BursarCatalog
package import BursarModel

/// A secret of Standard Webhooks: `whsec_` and the key in base64. *Pure.*
package enum WebhookSecret {
    static let prefix = "whsec_"
    /// What the specification asks for: 24 to 64 bytes.
    static let lengths = 24...64
    /// Of a new one.
    private static let length = 32

    static func isOne(_ secret: Secret) -> Bool { key(of: secret) != nil }

    /// The bytes that messages are signed with.
    package static func key(of secret: Secret) -> Secret? {
        secret.withExposedBytes { bytes in
            guard bytes.starts(with: prefix.utf8) else { return nil }
            let text = String(decoding: bytes.dropFirst(prefix.utf8.count), as: UTF8.self)
            guard let key = Base64.decode(text), lengths.contains(key.count) else { return nil }
            return Secret(key)
        }
    }

    /// A new one, for `bursar alert secret`.
    package static func random(using generator: inout some RandomNumberGenerator) -> String {
        let bytes = (0..<length).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
        return prefix + bytes.withUnsafeBytes(Base64.encode)
    }
}
