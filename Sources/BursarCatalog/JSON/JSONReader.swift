/// Reads JSON strictly by RFC 8259, from hostile bytes. *Pure.*
///
/// Foundation's reader is not used, because it loses a number's digits as written, takes duplicate keys and has no bound on
/// size. Refused are also a byte order mark, invalid UTF-8, lone surrogates and anything behind the value.
package enum JSONReader {
    package static func read(_ bytes: [UInt8], limits: JSONLimits = JSONLimits()) throws(JSONError) -> JSONValue {
        // Typed throws do not pass through withUnsafeBufferPointer's rethrows in every toolchain: a Result does.
        try bytes.withUnsafeBufferPointer { buffer in
            Result { () throws(JSONError) in try read(buffer, limits: limits) }
        }.get()
    }

    /// With no limit on size (depth stays limited): for bytes that were limited when received, and for our own.
    package static func readWhole(_ bytes: [UInt8]) throws(JSONError) -> JSONValue {
        try read(bytes, limits: JSONLimits(bytes: bytes.count))
    }

    package static func read(
        _ bytes: UnsafeBufferPointer<UInt8>, limits: JSONLimits = JSONLimits()
    ) throws(JSONError) -> JSONValue {
        var scanner = try JSONScanner(bytes, limits: limits)
        scanner.skipSpace()
        guard scanner.current != nil else { throw scanner.error(.empty) }
        let value = try value(&scanner, depth: 0)
        scanner.skipSpace()
        try scanner.finish()
        return value
    }

    private static func value(_ scanner: inout JSONScanner, depth: Int) throws(JSONError) -> JSONValue {
        guard let byte = scanner.current else { throw scanner.error(.unexpectedEnd) }
        switch byte {
        case UInt8(ascii: "{"): return .object(try object(&scanner, depth: depth + 1))
        case UInt8(ascii: "["): return .array(try array(&scanner, depth: depth + 1))
        case UInt8(ascii: "\""): return .string(try scanner.string())
        case UInt8(ascii: "-"), 0x30...0x39: return .number(try scanner.number())
        case UInt8(ascii: "t"):
            try scanner.word("true")
            return .bool(true)
        case UInt8(ascii: "f"):
            try scanner.word("false")
            return .bool(false)
        case UInt8(ascii: "n"):
            try scanner.word("null")
            return .null
        default: throw scanner.error(.unexpectedByte)
        }
    }

    private static func object(_ scanner: inout JSONScanner, depth: Int) throws(JSONError) -> JSONObject {
        guard depth <= scanner.limits.depth else { throw scanner.error(.tooDeep(limit: scanner.limits.depth)) }
        try scanner.expect(UInt8(ascii: "{"))
        scanner.skipSpace()
        if scanner.take(UInt8(ascii: "}")) { return JSONObject() }
        var members: [JSONObject.Member] = []
        var keys = UniqueKeys()
        repeat {
            scanner.skipSpace()
            let offset = scanner.position
            let key = try scanner.string()
            guard keys.insert(key) else { throw JSONError(offset: offset, reason: .duplicateKey) }
            scanner.skipSpace()
            try scanner.expect(UInt8(ascii: ":"))
            scanner.skipSpace()
            members.append(JSONObject.Member(key: key, value: try value(&scanner, depth: depth)))
            scanner.skipSpace()
        } while scanner.take(UInt8(ascii: ","))
        try scanner.expect(UInt8(ascii: "}"))
        return JSONObject(unique: members)
    }

    private static func array(_ scanner: inout JSONScanner, depth: Int) throws(JSONError) -> [JSONValue] {
        guard depth <= scanner.limits.depth else { throw scanner.error(.tooDeep(limit: scanner.limits.depth)) }
        try scanner.expect(UInt8(ascii: "["))
        scanner.skipSpace()
        if scanner.take(UInt8(ascii: "]")) { return [] }
        var elements: [JSONValue] = []
        repeat {
            scanner.skipSpace()
            elements.append(try value(&scanner, depth: depth))
            scanner.skipSpace()
        } while scanner.take(UInt8(ascii: ","))
        try scanner.expect(UInt8(ascii: "]"))
        return elements
    }
}

/// Tells whether a key has been seen: by looking along a short list, by hash along a long one, because an object of a hundred
/// thousand keys must not cost their square. *Value.*
struct UniqueKeys {
    private static let longestList = 16
    private var list: [String] = []
    /// Of bytes, not of texts: `é` in one scalar and in two are one text for Swift, and two keys for JSON.
    private var set: Set<[UInt8]> = []

    /// False where the key has been there.
    mutating func insert(_ key: String) -> Bool {
        if set.isEmpty {
            guard !list.contains(where: { $0.isSameKey(as: key) }) else { return false }
            list.append(key)
            if list.count > Self.longestList { set = Set(list.map { Array($0.utf8) }) }
            return true
        }
        return set.insert(Array(key.utf8)).inserted
    }
}
