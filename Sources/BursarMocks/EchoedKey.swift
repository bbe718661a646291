import BursarBasics
internal import BursarModel

/// A caller's key in the forms in which careless servers repeat it. It exists only for `echo-key`: a test that looks for a key
/// in all that leaves a gateway needs an upstream that puts it everywhere. *Value.*
struct EchoedKey {
    private let bytes: [UInt8]

    init(_ key: Secret) { bytes = key.withExposedBytes { Array($0) } }

    /// As a header field can hold it: a key arrived in one, but a decoded form (base64) may hold anything.
    var plain: String { String(decoding: bytes.map { $0.isVisibleASCII ? $0 : UInt8(ascii: "?") }, as: UTF8.self) }

    var json: String {
        JSONText.object([
            ("plain", JSONText.string(String(decoding: bytes, as: UTF8.self))), ("url", JSONText.string(urlEncoded)),
            ("base64", JSONText.string(base64)), ("hex", JSONText.string(hex))
        ])
    }

    var sentence: String {
        "Invalid key \(String(decoding: bytes, as: UTF8.self)) (url \(urlEncoded), base64 \(base64), hex \(hex))"
    }

    private var hex: String { bytes.map(\.hexPair).joined() }

    private var urlEncoded: String {
        bytes.map { byte in
            byte.isASCIILetter || byte.isASCIIDigit || "-._~".utf8.contains(byte)
                ? String(Character(Unicode.Scalar(byte))) : "%" + byte.hexPair.uppercased()
        }.joined()
    }

    private var base64: String { bytes.withUnsafeBytes { Base64.encode($0) } }
}
