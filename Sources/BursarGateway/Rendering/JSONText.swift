/// Writes compact JSON into bytes, member by member, in the order of the calls. *Value.*
///
/// Rows and documents have a fixed shape, so they are written straight into the bytes that go out: no tree is built for what
/// is rendered once per reading and then only copied.
struct JSONText {
    private(set) var bytes: [UInt8] = []
    private var needsComma = false

    init(reserving capacity: Int = 256) { bytes.reserveCapacity(capacity) }

    mutating func object(_ name: StaticString? = nil, _ members: (inout JSONText) -> Void) {
        begin(name)
        enclose(UInt8(ascii: "{"), UInt8(ascii: "}"), members)
    }

    mutating func array(_ name: StaticString? = nil, _ elements: (inout JSONText) -> Void) {
        begin(name)
        enclose(UInt8(ascii: "["), UInt8(ascii: "]"), elements)
    }

    mutating func string(_ name: StaticString? = nil, _ value: String?) {
        begin(name)
        if let value { appendQuoted(value) } else { append("null") }
    }

    /// A member whose name is data.
    mutating func string(named name: String, _ value: String) {
        begin(nil)
        appendQuoted(name)
        append(":")
        appendQuoted(value)
    }

    mutating func bool(_ name: StaticString? = nil, _ value: Bool?) {
        begin(name)
        append(value.map { $0 ? "true" : "false" } ?? "null")
    }

    mutating func integer(_ name: StaticString? = nil, _ value: Int?) {
        begin(name)
        if let value { bytes.append(contentsOf: String(value).utf8) } else { append("null") }
    }

    /// Something that is JSON already.
    mutating func raw(_ name: StaticString? = nil, _ json: some Collection<UInt8>) {
        begin(name)
        bytes.append(contentsOf: json)
    }

    private mutating func begin(_ name: StaticString?) {
        if needsComma { bytes.append(UInt8(ascii: ",")) }
        needsComma = true
        guard let name else { return }
        bytes.append(UInt8(ascii: "\""))
        append(name)
        append("\":")
    }

    private mutating func enclose(_ open: UInt8, _ close: UInt8, _ content: (inout JSONText) -> Void) {
        bytes.append(open)
        needsComma = false
        content(&self)
        bytes.append(close)
        needsComma = true
    }

    private mutating func append(_ text: StaticString) {
        text.withUTF8Buffer { bytes.append(contentsOf: $0) }
    }

    private mutating func appendQuoted(_ text: String) {
        bytes.append(UInt8(ascii: "\""))
        var previous: UInt8 = 0
        for byte in text.utf8 {
            defer { previous = byte }
            switch byte {
            case 0x80...0x9F where previous == 0xC2:
                // U+0080…U+009F: terminals take some of them for the beginning of a command.
                bytes.removeLast()
                append("\\u00")
                bytes.append(Self.hex(byte >> 4))
                bytes.append(Self.hex(byte & 0xF))
            case UInt8(ascii: "\""), UInt8(ascii: "\\"):
                bytes.append(UInt8(ascii: "\\"))
                bytes.append(byte)
            case 0..<0x20, 0x7F:
                append("\\u00")
                bytes.append(Self.hex(byte >> 4))
                bytes.append(Self.hex(byte & 0xF))
            default:
                bytes.append(byte)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }

    private static func hex(_ nibble: UInt8) -> UInt8 { nibble < 10 ? 0x30 + nibble : 0x57 + nibble }
}
