package import BursarBasics

/// Header fields in the order they came, with names in lower case: one block of bytes and a list of places in it, so that a
/// request head costs two allocations however many fields it has, and text is made only of what somebody reads. *Value.*
package struct HeaderFields: Sendable, ExpressibleByDictionaryLiteral {
    /// Where one field's name and value lie in `bytes`. *Value.*
    package struct Place: Sendable {
        package let name: Range<UInt32>
        package let value: Range<UInt32>
    }

    /// All names and values; what lies between them (a colon, blanks) has no meaning.
    package private(set) var bytes: [UInt8]
    package private(set) var places: [Place]

    package init() { (bytes, places) = ([], []) }

    package init(dictionaryLiteral elements: (String, String)...) {
        self.init()
        for (name, value) in elements { add(name, value) }
    }

    /// For the parser, which has already checked and lowered the names that `places` point at.
    init(checked bytes: [UInt8], places: [Place]) { (self.bytes, self.places) = (bytes, places) }

    package var count: Int { places.count }
    package var isEmpty: Bool { places.isEmpty }

    /// The first value of that name; setting replaces all of them, and nil removes them. Names match in any case.
    package subscript(_ name: String) -> String? {
        get {
            guard let index = firstIndex(of: name) else { return nil }
            return text(places[index].value)
        }
        set {
            remove(name)
            if let newValue { add(name, newValue) }
        }
    }

    package func contains(_ name: String) -> Bool { firstIndex(of: name) != nil }

    /// How often the name stands there.
    package func count(of name: String) -> Int { indices(of: name).reduce(0) { count, _ in count + 1 } }

    /// Every value of that name in order: a list header may come in several fields (RFC 9110 5.3).
    package func all(_ name: String) -> [String] {
        indices(of: name).map { text(places[$0].value) }
    }

    /// All values of that name joined with ", ", as RFC 9110 5.2 allows for list headers; nil where there is none.
    package func list(_ name: String) -> String? {
        let values = all(name)
        return values.isEmpty ? nil : values.joined(separator: ", ")
    }

    /// Adds a field at the end. Bytes that would end a field (CR, LF, NUL) become blanks, because a value may come from
    /// upstream and must not write a second field or a second response; a name with them is a mistake of ours and is left out.
    package mutating func add(_ name: String, _ value: String) {
        guard !name.isEmpty, name.utf8.allSatisfy(\.isFieldNameByte) else { return }
        let start = UInt32(truncatingIfNeeded: bytes.count)
        for byte in name.utf8 { bytes.append(byte.loweredASCII) }
        let middle = UInt32(truncatingIfNeeded: bytes.count)
        for byte in value.utf8 { bytes.append(byte == 0x0D || byte == 0x0A || byte == 0 ? 0x20 : byte) }
        let end = UInt32(truncatingIfNeeded: bytes.count)
        places.append(Place(name: start..<middle, value: middle..<end))
    }

    package mutating func remove(_ name: String) {
        while let index = firstIndex(of: name) { places.remove(at: index) }
    }

    /// Reads a value without making text of it: for comparing a credential or a date on the hit path.
    package func withValue<Result>(_ name: String, _ body: (UnsafeRawBufferPointer) -> Result) -> Result? {
        guard let index = firstIndex(of: name) else { return nil }
        let range = places[index].value
        return bytes.withUnsafeBytes { body(UnsafeRawBufferPointer(rebasing: $0[Int(range.lowerBound)..<Int(range.upperBound)])) }
    }

    /// Where its request stands in a trace. A field that came twice is none: nobody could say which one is meant.
    package var trace: TraceContext? {
        guard let index = firstIndex(of: TraceContext.fieldName) else { return nil }
        guard firstIndex(of: TraceContext.fieldName, from: index + 1) == nil else { return nil }
        let range = places[index].value
        return bytes.withUnsafeBytes {
            TraceContext(UnsafeRawBufferPointer(rebasing: $0[Int(range.lowerBound)..<Int(range.upperBound)]))
        }
    }

    /// Whether the name stands exactly once and with exactly this value: what a hit asks before it makes text of a field.
    package func says(_ name: String, _ value: String) -> Bool {
        guard let index = firstIndex(of: name), firstIndex(of: name, from: index + 1) == nil else { return false }
        let range = places[index].value
        guard range.count == value.utf8.count else { return false }
        return Self.withBytes(of: value) { value in
            bytes.withUnsafeBufferPointer { bytes in
                for (offset, byte) in value.enumerated() where bytes[Int(range.lowerBound) + offset] != byte { return false }
                return true
            }
        }
    }

    /// What the body of the answer is to be sent as, by all `Accept-Encoding` fields together.
    /// - Returns: nil when the client refuses every form there is: 406.
    package func contentCoding(gzipExists: Bool) -> ContentCoding? {
        var accepted = AcceptedCodings()
        bytes.withUnsafeBufferPointer { bytes in
            for index in indices(of: "accept-encoding") {
                let range = places[index].value
                accepted.read(UnsafeBufferPointer(rebasing: bytes[Int(range.lowerBound)..<Int(range.upperBound)]))
            }
        }
        return accepted.choice(gzipExists: gzipExists)
    }

    private func indices(of name: String) -> some Sequence<Int> {
        sequence(state: 0) { next in
            let index = firstIndex(of: name, from: next)
            if let index { next = index + 1 }
            return index
        }
    }

    /// A request asks for a dozen names, so this is where a good part of a hit's time goes: over bytes and not over text, of which each
    /// step costs four times as much.
    private func firstIndex(of name: String, from start: Int = 0) -> Int? {
        Self.withBytes(of: name) { name in
            bytes.withUnsafeBufferPointer { bytes in
                var index = start
                while index < places.count {
                    if Self.matches(bytes, places[index].name, name) { return index }
                    index += 1
                }
                return nil
            }
        }
    }

    /// - Parameter range: lies in `bytes`, as all places do.
    private static func matches(
        _ bytes: UnsafeBufferPointer<UInt8>, _ range: Range<UInt32>, _ name: UnsafeBufferPointer<UInt8>
    ) -> Bool {
        guard range.count == name.count else { return false }
        let start = Int(range.lowerBound)
        for offset in 0..<name.count where bytes[start + offset] != name[offset].loweredASCII { return false }
        return true
    }

    private static func withBytes<Result>(of text: String, _ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
        var text = text
        return text.withUTF8(body)
    }

    private func text(_ range: Range<UInt32>) -> String {
        bytes.withUnsafeBufferPointer { String(decoding: $0[Int(range.lowerBound)..<Int(range.upperBound)], as: UTF8.self) }
    }
}

extension HeaderFields: Sequence {
    package struct Iterator: IteratorProtocol {
        let fields: HeaderFields
        var index = 0

        package mutating func next() -> (name: String, value: String)? {
            guard index < fields.places.count else { return nil }
            defer { index += 1 }
            return (fields.text(fields.places[index].name), fields.text(fields.places[index].value))
        }
    }

    package func makeIterator() -> Iterator { Iterator(fields: self) }
    package var underestimatedCount: Int { places.count }
}

extension HeaderFields: Equatable {
    /// Same names and values in the same order; where they lie does not matter.
    package static func == (left: HeaderFields, right: HeaderFields) -> Bool {
        left.count == right.count && zip(left, right).allSatisfy { $0 == $1 }
    }
}

extension UInt8 {
    /// A to Z become a to z; every other byte stays.
    var loweredASCII: UInt8 { self >= 0x41 && self <= 0x5A ? self | 0x20 : self }

    /// A `tchar` of RFC 9110 5.6.2, the only bytes that a method or a field name may have.
    var isFieldNameByte: Bool {
        switch self {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
        case 0x21, 0x23, 0x24, 0x25, 0x26, 0x27, 0x2A, 0x2B, 0x2D, 0x2E, 0x5E, 0x5F, 0x60, 0x7C, 0x7E: true
        default: false
        }
    }
}
