/// Builds located nodes from JSON. *Value,* used once. The tokens are ``JSONScanner``'s, so both readers refuse the same things.
struct LocatedJSON {
    private var scanner: JSONScanner
    private var nodesLeft: Int
    /// The place reached so far: kept going forward, so that marks cost one pass over the text in all.
    private var line = 1
    private var column = 1
    private var counted = 0

    static func read(_ bytes: UnsafeBufferPointer<UInt8>, limits: LocatedLimits) throws(JSONError) -> LocatedNode {
        var reader = LocatedJSON(
            scanner: try JSONScanner(bytes, limits: JSONLimits(bytes: limits.bytes, depth: limits.depth)), nodesLeft: limits.nodes
        )
        reader.scanner.skipSpace()
        guard reader.scanner.current != nil else { throw reader.scanner.error(.empty) }
        let node = try reader.node(depth: 0)
        reader.scanner.skipSpace()
        try reader.scanner.finish()
        return node
    }

    private init(scanner: JSONScanner, nodesLeft: Int) {
        self.scanner = scanner
        self.nodesLeft = nodesLeft
    }

    private mutating func mark() -> TextMark {
        while counted < scanner.position {
            let byte = scanner.bytes[counted]
            if byte == 0x0A {
                line += 1
                column = 1
            } else if byte & 0xC0 != 0x80 {
                column += 1
            }
            counted += 1
        }
        return TextMark(line: line, column: column)
    }

    private mutating func node(depth: Int) throws(JSONError) -> LocatedNode {
        nodesLeft -= 1
        guard nodesLeft >= 0, depth <= scanner.limits.depth else { throw scanner.error(.tooDeep(limit: scanner.limits.depth)) }
        let mark = mark()
        guard let byte = scanner.current else { throw scanner.error(.unexpectedEnd) }
        switch byte {
        case UInt8(ascii: "{"): return LocatedNode(.mapping(try pairs(depth: depth)), at: mark)
        case UInt8(ascii: "["): return LocatedNode(.sequence(try elements(depth: depth)), at: mark)
        case UInt8(ascii: "\""): return LocatedNode(.scalar(try scanner.string(), isPlain: false), at: mark)
        case UInt8(ascii: "-"), 0x30...0x39: return LocatedNode(.scalar(try scanner.number(), isPlain: true), at: mark)
        case UInt8(ascii: "t"): return try word("true", at: mark)
        case UInt8(ascii: "f"): return try word("false", at: mark)
        case UInt8(ascii: "n"): return try word("null", at: mark)
        default: throw scanner.error(.unexpectedByte)
        }
    }

    private mutating func word(_ word: StaticString, at mark: TextMark) throws(JSONError) -> LocatedNode {
        try scanner.word(word)
        return LocatedNode(.scalar(word.description, isPlain: true), at: mark)
    }

    private mutating func pairs(depth: Int) throws(JSONError) -> [LocatedNode.Pair] {
        try scanner.expect(UInt8(ascii: "{"))
        scanner.skipSpace()
        if scanner.take(UInt8(ascii: "}")) { return [] }
        var pairs: [LocatedNode.Pair] = []
        var keys = UniqueKeys()
        repeat {
            scanner.skipSpace()
            let mark = mark()
            let offset = scanner.position
            let key = try scanner.string()
            guard keys.insert(key) else { throw JSONError(offset: offset, reason: .duplicateKey) }
            scanner.skipSpace()
            try scanner.expect(UInt8(ascii: ":"))
            scanner.skipSpace()
            pairs.append(LocatedNode.Pair(key: key, keyMark: mark, value: try node(depth: depth + 1)))
            scanner.skipSpace()
        } while scanner.take(UInt8(ascii: ","))
        try scanner.expect(UInt8(ascii: "}"))
        return pairs
    }

    private mutating func elements(depth: Int) throws(JSONError) -> [LocatedNode] {
        try scanner.expect(UInt8(ascii: "["))
        scanner.skipSpace()
        if scanner.take(UInt8(ascii: "]")) { return [] }
        var elements: [LocatedNode] = []
        repeat {
            scanner.skipSpace()
            elements.append(try node(depth: depth + 1))
            scanner.skipSpace()
        } while scanner.take(UInt8(ascii: ","))
        try scanner.expect(UInt8(ascii: "]"))
        return elements
    }
}
