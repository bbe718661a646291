/// Writes compact JSON into bytes, member by member, in the order of the calls. *Value.*
///
/// Rows and documents have a fixed shape, so they are written straight into the bytes that go out: no tree is built for what
/// is rendered once per reading and then only copied.
package struct JSONText {
    package private(set) var bytes: [UInt8] = []
    private var needsComma = false

    package init(reserving capacity: Int = 256) { bytes.reserveCapacity(capacity) }

    package mutating func object(_ name: StaticString? = nil, _ members: (inout JSONText) -> Void) {
        begin(name)
        enclose(UInt8(ascii: "{"), UInt8(ascii: "}"), members)
    }

    package mutating func array(_ name: StaticString? = nil, _ elements: (inout JSONText) -> Void) {
        begin(name)
        enclose(UInt8(ascii: "["), UInt8(ascii: "]"), elements)
    }

    package mutating func string(_ name: StaticString? = nil, _ value: String?) {
        begin(name)
        if let value { JSONString.append(value, to: &bytes) } else { append("null") }
    }

    package mutating func strings(_ name: StaticString? = nil, _ values: some Sequence<String>) {
        array(name) { json in
            for value in values { json.string(nil, value) }
        }
    }

    /// A member whose name is data.
    package mutating func string(named name: String, _ value: String) {
        begin(nil)
        JSONString.append(name, to: &bytes)
        append(":")
        JSONString.append(value, to: &bytes)
    }

    package mutating func bool(_ name: StaticString? = nil, _ value: Bool?) {
        begin(name)
        append(value.map { $0 ? "true" : "false" } ?? "null")
    }

    package mutating func integer(_ name: StaticString? = nil, _ value: Int?) {
        begin(name)
        if let value { bytes.append(contentsOf: String(value).utf8) } else { append("null") }
    }

    /// Something that is JSON already.
    package mutating func raw(_ name: StaticString? = nil, _ json: some Collection<UInt8>) {
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
}
