import BursarBasics
internal import BursarHash
internal import BursarModel

extension Secret {
    /// The first 12 hexadecimal digits of the key's SHA-256: enough to tell the keys of a test apart, and nothing to find one
    /// by. `printf %s "$KEY" | sha256sum | cut -c1-12` prints the same.
    var fingerprint: String {
        withExposedBytes { SHA256.hash($0) }.prefix(6).map(\.hexPair).joined()
    }
}
