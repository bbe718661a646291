@testable import BursarConfiguration
import BursarModel

/// A client for tests: a token, the same in every run, and the lines that admit it.
package struct TestClient {
    package let name: String
    package let token: String
    package let digest: String

    package init(_ name: String) {
        var generator = NamedGenerator(name)
        let token = ClientToken.random(using: &generator)
        self.name = name
        self.token = token.text
        digest = token.digest.hex
    }

    package init(token: String, digest: String, name: String) { (self.token, self.digest, self.name) = (token, digest, name) }

    /// An element of `clients`.
    package func line(allow: String = "\"*\"", _ more: String = "") -> String {
        "  - {name: \(name), token_sha256: \(digest), allow: \(allow)\(more.isEmpty ? "" : ", ")\(more)}\n"
    }

    package var bearer: (String, String) { ("authorization", "Bearer \(token)") }

    /// The token with one character replaced; its checksum does not fit any more.
    package func mistyped(at index: Int) -> String {
        var bytes = Array(token.utf8)
        bytes[index] = bytes[index] == UInt8(ascii: "x") ? UInt8(ascii: "y") : UInt8(ascii: "x")
        return String(decoding: bytes, as: UTF8.self)
    }
}

/// SplitMix64, from a name.
private struct NamedGenerator: RandomNumberGenerator {
    private var state: UInt64 = 0

    init(_ name: String) { for byte in name.utf8 { state = state &* 31 &+ UInt64(byte) } }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value &>> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value &>> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value &>> 31)
    }
}
