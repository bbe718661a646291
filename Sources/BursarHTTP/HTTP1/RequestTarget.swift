import BursarBasics

/// A request target as it stands in a head (RFC 9112 3.2): in origin form, in absolute form, or "*". *Value.*
struct RequestTarget {
    /// Path and query, or "*": what an absolute target asks of the server that it names.
    let text: String
    /// What an absolute target names, and where in the head: it stands in place of `Host` (RFC 9112 3.2.2).
    let authority: (value: Authority, place: Range<Int>)?

    /// Where the target from `start` on ends, which is at a blank.
    static func end(from start: Int, _ bytes: UnsafeMutableBufferPointer<UInt8>) throws(HeadFault) -> Int {
        var index = start
        while index < bytes.count, mayHave(bytes[index]) { index += 1 }
        guard index < bytes.count, index > start || bytes[index] != 0x20 else { throw .requestLine }
        switch bytes[index] {
        case 0x20: return index
        case 0x0D: throw .requestLine
        default: throw fault(ofByte: bytes[index])
        }
    }

    init(_ range: Range<Int>, method: Range<Int>, _ bytes: UnsafeMutableBufferPointer<UInt8>) throws(HeadFault) {
        let (start, whole) = (range.lowerBound, UnsafeBufferPointer(rebasing: bytes[range]))
        let isOptions = UnsafeBufferPointer(rebasing: bytes[method]).equals("OPTIONS")

        if whole.first == 0x2F {
            if let fault = Self.fault(inPath: whole) { throw fault }
            (text, authority) = (Self.text(whole), nil)
        } else if whole.count == 1, whole.first == 0x2A, isOptions {
            (text, authority) = ("*", nil)
        } else if let length = Self.schemeLength(whole) {
            let rest = UnsafeBufferPointer(rebasing: whole[length...])
            let end = rest.firstIndex { $0 == 0x2F || $0 == 0x3F } ?? rest.count
            guard let value = Authority(UnsafeBufferPointer(rebasing: rest[..<end])) else { throw .targetAuthority }
            let path = UnsafeBufferPointer(rebasing: rest[end...])
            if let fault = Self.fault(inPath: path) { throw fault }
            authority = (value, (start + length)..<(start + length + end))
            // Without a path the question is about the root, and OPTIONS about the server (RFC 9112 3.2.4).
            text = path.isEmpty && isOptions ? "*" : (path.first == 0x2F ? "" : "/") + Self.text(path)
        } else {
            let isConnect = UnsafeBufferPointer(rebasing: bytes[method]).equals("CONNECT")
            throw isConnect ? .authorityTarget : Self.fault(ofForm: whole)
        }
    }

    /// Brackets stand around an IPv6 address in an absolute target, and nowhere else.
    private static func mayHave(_ byte: UInt8) -> Bool { ByteSet.target.contains(byte) || byte == 0x5B || byte == 0x5D }

    /// The length of `http://` or `https://` (a proxy that ends TLS may send either); nil for any other, or none.
    private static func schemeLength(_ bytes: UnsafeBufferPointer<UInt8>) -> Int? {
        for scheme in ["http://", "https://"] as [StaticString] where bytes.count >= scheme.utf8CodeUnitCount {
            let length = scheme.utf8CodeUnitCount
            if UnsafeBufferPointer(rebasing: bytes[..<length]).equalsLowered(scheme) { return length }
        }
        return nil
    }

    /// What is wrong with a path and its query; nil where nothing is. HTTP/2 uses it too.
    static func fault(inPath bytes: UnsafeBufferPointer<UInt8>) -> HeadFault? {
        var index = 0
        while index < bytes.count {
            guard ByteSet.target.contains(bytes[index]) else { return fault(ofByte: bytes[index]) }
            if bytes[index] == 0x25 {
                guard bytes.isPercentEncoding(at: index) else { return .target }
                index += 2
            }
            index += 1
        }
        return nil
    }

    /// What is wrong with a byte that no target has.
    private static func fault(ofByte byte: UInt8) -> HeadFault { byte == 0x23 ? .targetFragment : .target }

    /// What is wrong with a target that is in none of the forms above.
    private static func fault(ofForm target: UnsafeBufferPointer<UInt8>) -> HeadFault {
        if target.equals("*") { return .asteriskTarget }
        let scheme = target.prefix { $0.isASCIILetter || $0.isASCIIDigit || [0x2B, 0x2D, 0x2E].contains($0) }
        return !scheme.isEmpty && target.dropFirst(scheme.count).starts(with: "://".utf8) ? .targetScheme : .targetForm
    }

    private static func text(_ bytes: UnsafeBufferPointer<UInt8>) -> String { String(decoding: bytes, as: UTF8.self) }
}
