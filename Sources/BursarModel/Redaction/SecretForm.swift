import BursarBasics

/// How a credential that was found in a text is written there. *Value.* For people: it tells no byte of it.
package enum SecretForm: String, Sendable, CaseIterable {
    case plain
    case hex
    case base64
    case percent = "percent-encoded"
    case escaped = "backslash-escaped"
    case escapedPercent = "percent-encoded and backslash-escaped"

    /// - Parameters:
    ///   - found: what a scrubber found.
    ///   - secret: the credential that it was found for.
    init(_ found: some Collection<UInt8>, of secret: Secret) {
        self = secret.withExposedBytes { bytes in
            let isPlain = found.count == bytes.count && zip(found, bytes).allSatisfy { $0 == $1 || ($0 == 0x2B && $1 == 0x20) }
            if isPlain { return .plain }
            // A credential may hold these characters itself; one that stands as it is was plain.
            switch (found.contains(UInt8(ascii: "%")), found.contains(UInt8(ascii: "\\"))) {
            case (true, true): return .escapedPercent
            case (true, false): return .percent
            case (false, true): return .escaped
            case (false, false):
                let isHex =
                    found.count == bytes.count * 2 && found.allSatisfy { $0.isASCIIDigit || (0x61...0x66).contains($0 | 0x20) }
                return isHex ? .hex : .base64
            }
        }
    }
}
