/// What the fields of a head say about framing, host and connection, gathered while they are read so that no second pass looks
/// for them. Names come lowered. *Value.*
struct FramingFacts {
    private(set) var framing = RequestHead.BodyFraming.none
    private(set) var close = false
    private(set) var keepAlive = false
    private(set) var expectsContinue = false
    /// What `Host` names; nil for none, and for an empty one, which says that there is none (RFC 9112 3.2).
    private(set) var authority: Authority?

    private let version: HTTPVersion
    private var hasHost = false
    private var hasAuthorization = false
    private var hasLength = false
    private var hasTransferEncoding = false

    init(version: HTTPVersion) { self.version = version }

    /// A field was read. The names that matter are told apart by length first: nearly every other field leaves here at once.
    mutating func note(_ place: HeaderFields.Place, _ bytes: UnsafeMutableBufferPointer<UInt8>) throws(HeadFault) {
        let name = UnsafeBufferPointer(rebasing: bytes[Int(place.name.lowerBound)..<Int(place.name.upperBound)])
        let value = UnsafeBufferPointer(rebasing: bytes[Int(place.value.lowerBound)..<Int(place.value.upperBound)])
        switch name.count {
        case 4 where name.equals("host"):
            guard !hasHost else { throw .duplicateHost }
            hasHost = true
            guard !value.isEmpty else { return }
            guard let named = Authority(value) else { throw .badHost }
            authority = named
        case 6 where name.equals("expect"):
            guard value.equalsLowered("100-continue") else { throw .expectation }
            expectsContinue = true
        case 10 where name.equals("connection"):
            value.eachToken { token in
                if token.equalsLowered("close") { close = true }
                if token.equalsLowered("keep-alive") { keepAlive = true }
            }
        case 13 where name.equals("authorization"):
            guard !hasAuthorization else { throw .duplicateAuthorization }
            hasAuthorization = true
        case 14 where name.equals("content-length"):
            guard !hasLength else { throw .duplicateContentLength }
            hasLength = true
            let length = try Self.length(value)
            framing = length == 0 ? .none : .length(length)
        case 17 where name.equals("transfer-encoding"):
            guard !hasTransferEncoding else { throw .duplicateTransferEncoding }
            hasTransferEncoding = true
            guard version == .http1_1 else { throw .transferEncodingInHTTP10 }
            guard value.equalsLowered("chunked") else { throw .unknownTransferEncoding }
        default: break
        }
    }

    /// The last field was read.
    mutating func finish(_ bytes: UnsafeMutableBufferPointer<UInt8>) throws(HeadFault) {
        if hasTransferEncoding {
            guard !hasLength else { throw .contentLengthWithTransferEncoding }
            framing = .chunked
        }
        guard hasHost || version == .http1_0 else { throw .missingHost }
    }

    /// Digits only, at most 18 of them, which is what fits; anything above is far beyond every limit and malformed to us.
    private static func length(_ value: UnsafeBufferPointer<UInt8>) throws(HeadFault) -> Int {
        guard !value.isEmpty, value.count <= 18 else { throw .badContentLength }
        var total = 0
        for byte in value {
            guard byte &- 0x30 < 10 else { throw .badContentLength }
            total = total * 10 + Int(byte &- 0x30)
        }
        return total
    }
}

extension UnsafeBufferPointer<UInt8> {
    /// Whether these bytes are that (ASCII) text; lengths may differ.
    func equals(_ text: StaticString) -> Bool {
        guard count == text.utf8CodeUnitCount else { return false }
        return text.withUTF8Buffer { expected in
            for index in indices where self[index] != expected[index] { return false }
            return true
        }
    }

    /// The same without regard to the case of letters; `text` is lower case.
    func equalsLowered(_ text: StaticString) -> Bool {
        guard count == text.utf8CodeUnitCount else { return false }
        return text.withUTF8Buffer { expected in
            for index in indices where self[index].loweredASCII != expected[index] { return false }
            return true
        }
    }

    /// The elements of a comma-separated list without the blanks around them; empty ones are left out (RFC 9110 5.6.1.2).
    func eachToken(_ body: (UnsafeBufferPointer<UInt8>) -> Void) {
        var start = 0
        while start < count {
            var end = start
            while end < count, self[end] != 0x2C { end += 1 }
            var (first, last) = (start, end)
            while first < last, self[first] == 0x20 || self[first] == 0x09 { first += 1 }
            while last > first, self[last - 1] == 0x20 || self[last - 1] == 0x09 { last -= 1 }
            if first < last { body(UnsafeBufferPointer(rebasing: self[first..<last])) }
            start = end + 1
        }
    }
}
