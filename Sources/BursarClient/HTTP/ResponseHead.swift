/// Status line and fields of an answer as they come in, and what they say of its body. *Value.*
struct ResponseHead: Sendable {
    /// How long the body is (RFC 9112 6.3).
    enum Framing: Equatable {
        case sized(Int)
        case chunked
        /// Until the connection ends.
        case unsized
    }

    private(set) var status = 0
    private(set) var fields: [(name: String, value: String)] = []
    private var isVersion11 = false

    init() {}

    /// `HTTP/1.1 200 OK`; the words may be missing. Nil for anything else, HTTP/2 and 0.9 too.
    init?(statusLine line: [UInt8]) {
        guard line.starts(with: "HTTP/1.".utf8), line.count >= 12, line[7] == 0x30 || line[7] == 0x31, line[8] == 0x20 else {
            return nil
        }
        for digit in line[9..<12] {
            guard (0x30...0x39).contains(digit) else { return nil }
            status = status * 10 + Int(digit - 0x30)
        }
        guard status >= 100, line.count == 12 || line[12] == 0x20, HTTPText.isValue(line[12...]) else { return nil }
        isVersion11 = line[7] == 0x31
    }

    /// A field's line, or the continuation of the one before, which a space stands for (RFC 9112 5.2).
    /// - Returns: false where it is neither.
    mutating func add(line: [UInt8]) -> Bool {
        guard HTTPText.isValue(line) else { return false }
        if line.first == 0x20 || line.first == 0x09 {
            guard !fields.isEmpty else { return false }
            // In place: a head may be one field of thousands of lines, and each copy of it would be as long as all before.
            let last = fields.count - 1
            fields[last].value += " "
            fields[last].value += Self.text(line[...])
            return true
        }
        guard let colon = line.firstIndex(of: UInt8(ascii: ":")), HTTPText.isToken(line[..<colon]) else { return false }
        fields.append((String(decoding: line[..<colon], as: UTF8.self).lowercased(), Self.text(line[(colon + 1)...])))
        return true
    }

    private static func text(_ bytes: ArraySlice<UInt8>) -> String {
        var bytes = bytes.drop { $0 == 0x20 || $0 == 0x09 }
        while let last = bytes.last, last == 0x20 || last == 0x09 { bytes.removeLast() }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Nil where the head contradicts itself, or names a coding that nobody asked for.
    var framing: Framing? {
        let codings = list("transfer-encoding")
        let sizes = list("content-length")
        if !codings.isEmpty {
            // Both lengths at once are how answers are smuggled; HTTP/1.0 knows no chunks (RFC 9112 6.1).
            guard codings == ["chunked"], sizes.isEmpty, isVersion11 else { return nil }
            return .chunked
        }
        guard let first = sizes.first else { return .unsized }
        // The same number twice is one (RFC 9110 8.6).
        guard sizes.allSatisfy({ $0 == first }), (1...15).contains(first.utf8.count),
            first.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let size = Int(first)
        else { return nil }
        return .sized(size)
    }

    /// Whether the server keeps the connection. HTTP/1.0 does where it says so; nobody needs that.
    var isPersistent: Bool { isVersion11 && framing != .unsized && !list("connection").contains("close") }

    /// The members of a comma-separated field over all of its lines, in lower case. An empty line is a member too.
    private func list(_ name: String) -> [String] {
        fields.filter { $0.name == name }.flatMap { field in
            field.value.split(separator: ",", omittingEmptySubsequences: false).map {
                Self.text(Array($0.utf8)[...]).lowercased()
            }
        }
    }
}
