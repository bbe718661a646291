/// A path with names in it, such as `/v1/balances/{provider}/{account}/history`. *Value.* Pure.
///
/// A name stands for one or more bytes without a slash, up to the word that follows it. `{path*}` at the end stands for the rest of
/// the path: nothing, or a slash and whatever comes behind it.
struct PathPattern: Sendable {
    private enum Piece: Sendable {
        case word([UInt8])
        case name
        case rest
    }

    let text: String
    /// In the order in which they stand in the path.
    let names: [String]
    private let pieces: [Piece]

    init(_ text: String) {
        var names: [String] = []
        var pieces: [Piece] = []
        var rest = text[...]
        while let open = rest.firstIndex(of: "{"), let close = rest[open...].firstIndex(of: "}") {
            if open > rest.startIndex { pieces.append(.word(Array(rest[..<open].utf8))) }
            let name = rest[rest.index(after: open)..<close]
            names.append(name.last == "*" ? String(name.dropLast()) : String(name))
            pieces.append(name.last == "*" ? .rest : .name)
            rest = rest[rest.index(after: close)...]
        }
        if !rest.isEmpty { pieces.append(.word(Array(rest.utf8))) }
        self.text = text
        self.names = names
        self.pieces = pieces
    }

    /// It has no names, so there is one path that it stands for.
    var isLiteral: Bool { names.isEmpty }

    /// Whether a path, as it was sent, begins with the words in front of the first name.
    func begins(_ path: String) -> Bool {
        guard case .word(let word)? = pieces.first else { return true }
        return path.utf8.starts(with: word)
    }

    /// What the names stand for in `path`, in order; nil where the path is another.
    func match(_ path: String) -> [Substring]? {
        let bytes = path.utf8
        var found: [Substring] = []
        found.reserveCapacity(names.count)
        var place = bytes.startIndex
        for (index, piece) in pieces.enumerated() {
            switch piece {
            case .word(let word):
                guard bytes[place...].starts(with: word) else { return nil }
                place = bytes.index(place, offsetBy: word.count)
            case .name:
                let stop = byte(behind: index)
                let end = bytes[place...].firstIndex { $0 == 0x2F || $0 == stop } ?? bytes.endIndex
                guard end > place else { return nil }
                found.append(path[place..<end])
                place = end
            case .rest:
                guard place == bytes.endIndex || bytes[place] == 0x2F else { return nil }
                found.append(path[place...])
                place = bytes.endIndex
            }
        }
        return place == bytes.endIndex ? found : nil
    }

    /// The first byte of the word behind a name, which ends it.
    private func byte(behind index: Int) -> UInt8 {
        guard index + 1 < pieces.count, case .word(let word) = pieces[index + 1] else { return 0x2F }
        return word.first ?? 0x2F
    }
}
