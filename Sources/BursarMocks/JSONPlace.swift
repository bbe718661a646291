/// One step of a way into a JSON document. *Value.*
enum JSONStep: Hashable {
    case key(String)
    case index(Int)
}

/// Where a value stands in the text of a JSON document. *Value.*
///
/// The mocks change one number of an example and must leave every other byte as the definition has it, so they edit text
/// rather than write a parsed document anew.
struct JSONPlace: Equatable {
    /// The value's own bytes, quotes included.
    let value: Range<Int>
    /// The member that holds it, from the quote of its key to the end of its value; nil in an array and at the root.
    let member: Range<Int>?

    /// Follows `path` through `text`; nil where it leads nowhere or the text is no JSON on the way there. Keys are compared as
    /// written: an escape in a key of an example would only hide it.
    init?(_ path: [JSONStep], in text: [UInt8]) {
        var scanner = JSONScanner(text: text)
        scanner.skipSpace()
        var member: Range<Int>?
        for step in path {
            switch step {
            case .key(let key):
                guard let start = scanner.enterMember(named: Array(key.utf8)) else { return nil }
                member = start..<start
            case .index(let index):
                guard scanner.enterElement(index) else { return nil }
                member = nil
            }
        }
        let start = scanner.position
        guard scanner.skipValue(depth: 0) else { return nil }
        self.value = start..<scanner.position
        self.member = member.map { $0.lowerBound..<scanner.position }
    }
}

/// Walks over JSON text without building anything. *Value.* Bounds are checked at every byte: an example may come from a
/// user's own definition.
private struct JSONScanner {
    static let deepest = 64

    let text: [UInt8]
    var position = 0

    var current: UInt8? { position < text.count ? text[position] : nil }

    mutating func skipSpace() {
        while let byte = current, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { position += 1 }
    }

    mutating func take(_ byte: UInt8) -> Bool {
        guard current == byte else { return false }
        position += 1
        return true
    }

    /// From the brace of an object to the value of its member `key`. Returns where the member's key begins.
    mutating func enterMember(named key: [UInt8]) -> Int? {
        guard take(UInt8(ascii: "{")) else { return nil }
        repeat {
            skipSpace()
            let start = position
            guard skipString() else { return nil }
            let found = text[(start + 1)..<(position - 1)].elementsEqual(key)
            skipSpace()
            guard take(UInt8(ascii: ":")) else { return nil }
            skipSpace()
            if found { return start }
            guard skipValue(depth: 0) else { return nil }
            skipSpace()
        } while take(UInt8(ascii: ","))
        return nil
    }

    /// From the bracket of an array to its element at `index`.
    mutating func enterElement(_ index: Int) -> Bool {
        guard index >= 0, take(UInt8(ascii: "[")) else { return false }
        var here = 0
        skipSpace()
        guard current != UInt8(ascii: "]") else { return false }
        while here < index {
            guard skipValue(depth: 0) else { return false }
            skipSpace()
            guard take(UInt8(ascii: ",")) else { return false }
            skipSpace()
            here += 1
        }
        return true
    }

    /// Both quotes included.
    mutating func skipString() -> Bool {
        guard take(UInt8(ascii: "\"")) else { return false }
        while let byte = current {
            position += 1
            if byte == UInt8(ascii: "\"") { return true }
            if byte == UInt8(ascii: "\\") { position += 1 }
        }
        return false
    }

    mutating func skipValue(depth: Int) -> Bool {
        guard depth < Self.deepest, let first = current else { return false }
        switch first {
        case UInt8(ascii: "\""): return skipString()
        case UInt8(ascii: "{"): return skipContainer(closing: UInt8(ascii: "}"), depth: depth)
        case UInt8(ascii: "["): return skipContainer(closing: UInt8(ascii: "]"), depth: depth)
        default: return skipWord()
        }
    }

    private mutating func skipContainer(closing: UInt8, depth: Int) -> Bool {
        position += 1
        skipSpace()
        if take(closing) { return true }
        repeat {
            skipSpace()
            if closing == UInt8(ascii: "}") {
                guard skipString() else { return false }
                skipSpace()
                guard take(UInt8(ascii: ":")) else { return false }
                skipSpace()
            }
            guard skipValue(depth: depth + 1) else { return false }
            skipSpace()
        } while take(UInt8(ascii: ","))
        return take(closing)
    }

    /// A number, `true`, `false` or `null`.
    private mutating func skipWord() -> Bool {
        let start = position
        while let byte = current, byte > 0x20, byte != UInt8(ascii: ","), byte != UInt8(ascii: "}"), byte != UInt8(ascii: "]"),
            byte != UInt8(ascii: ":"), byte != UInt8(ascii: "\"")
        { position += 1 }
        return position > start
    }
}
