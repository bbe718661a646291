import BursarBasics

/// A text with one kind of escape undone, and the way back to where each byte came from. *Value.*
struct EscapeView {
    /// An escape that was undone: where its bytes stand in the view, and where it stood in the source.
    private struct Edit {
        var viewStart: Int
        var viewCount: Int
        var sourceStart: Int
        var sourceCount: Int
    }

    private(set) var bytes: [UInt8] = []
    private var edits: [Edit] = []

    /// The source's bytes that `range` of the view was made of; an escape that is touched is taken whole.
    func sourceRange(_ range: Range<Int>) -> Range<Int> {
        source(of: range.lowerBound).lowerBound..<source(of: range.upperBound - 1).upperBound
    }

    private func source(of place: Int) -> Range<Int> {
        var low = 0
        var high = edits.count
        while low < high {
            let middle = (low + high) / 2
            if edits[middle].viewStart <= place { low = middle + 1 } else { high = middle }
        }
        guard low > 0 else { return place..<(place + 1) }
        let edit = edits[low - 1]
        let offset = place - edit.viewStart
        if offset < edit.viewCount { return edit.sourceStart..<(edit.sourceStart + edit.sourceCount) }
        let start = edit.sourceStart + edit.sourceCount + offset - edit.viewCount
        return start..<(start + 1)
    }

    private mutating func append(_ replacement: some Collection<UInt8>, from start: Int, count: Int) {
        edits.append(Edit(viewStart: bytes.count, viewCount: replacement.count, sourceStart: start, sourceCount: count))
        bytes.append(contentsOf: replacement)
    }
}

extension EscapeView {
    /// `%41` → `A`, in either case, for any subset of the characters; nil where there is none. `+` stays.
    static func percentDecoded(_ text: UnsafeRawBufferPointer) -> EscapeView? {
        decoded(text, mark: UInt8(ascii: "%")) { view, index in
            guard let value = hexNumber(text, at: index + 1, digits: 2) else { return 0 }
            view.append(CollectionOfOne(UInt8(value)), from: index, count: 3)  // two hex digits: below 256
            return 3
        }
    }

    /// JSON's escapes, surrogate pairs included, and C's `\xHH` and `\'`; nil where there is none. What is no escape stays.
    static func backslashDecoded(_ text: UnsafeRawBufferPointer) -> EscapeView? {
        decoded(text, mark: UInt8(ascii: "\\")) { view, index in
            guard let (scalar, count) = escape(text, at: index) else { return 0 }
            if scalar.isASCII {
                view.append(CollectionOfOne(UInt8(truncatingIfNeeded: scalar.value)), from: index, count: count)
            } else {
                view.append(UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter, from: index, count: count)
            }
            return count
        }
    }

    /// Copies what lies between the marks at one stroke, and asks `undo` at each mark: it appends what the escape stands for
    /// and returns the escape's length, 0 where there is none.
    private static func decoded(
        _ text: UnsafeRawBufferPointer, mark: UInt8, undo: (inout EscapeView, Int) -> Int
    ) -> EscapeView? {
        guard var index = text.firstIndex(of: mark) else { return nil }
        var view = EscapeView()
        view.bytes.reserveCapacity(text.count)
        var copied = 0
        while index < text.count {
            if text[index] == mark {
                if index > copied { view.bytes.append(contentsOf: UnsafeRawBufferPointer(rebasing: text[copied..<index])) }
                let count = undo(&view, index)
                copied = index + count
                index += max(count, 1)
            } else {
                index += 1
            }
        }
        guard !view.edits.isEmpty else { return nil }
        view.bytes.append(contentsOf: UnsafeRawBufferPointer(rebasing: text[copied...]))
        return view
    }

    /// The escape that begins at `index`, and how many bytes it takes.
    private static func escape(_ text: UnsafeRawBufferPointer, at index: Int) -> (Unicode.Scalar, Int)? {
        guard index + 1 < text.count else { return nil }
        switch text[index + 1] {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "'"):
            return (Unicode.Scalar(text[index + 1]), 2)
        case UInt8(ascii: "b"): return ("\u{8}", 2)
        case UInt8(ascii: "f"): return ("\u{C}", 2)
        case UInt8(ascii: "n"): return ("\n", 2)
        case UInt8(ascii: "r"): return ("\r", 2)
        case UInt8(ascii: "t"): return ("\t", 2)
        case UInt8(ascii: "x"):
            return hexNumber(text, at: index + 2, digits: 2).flatMap { Unicode.Scalar($0) }.map { ($0, 4) }
        case UInt8(ascii: "u"):
            guard let unit = hexNumber(text, at: index + 2, digits: 4) else { return nil }
            if let scalar = Unicode.Scalar(unit) { return (scalar, 6) }
            guard (0xD800...0xDBFF).contains(unit), index + 7 < text.count, text[index + 6] == UInt8(ascii: "\\"),
                text[index + 7] == UInt8(ascii: "u"), let low = hexNumber(text, at: index + 8, digits: 4),
                (0xDC00...0xDFFF).contains(low)
            else { return nil }
            return Unicode.Scalar(0x10000 + (unit - 0xD800) << 10 + (low - 0xDC00)).map { ($0, 12) }
        default: return nil
        }
    }

    private static func hexNumber(_ text: UnsafeRawBufferPointer, at start: Int, digits: Int) -> UInt32? {
        guard start + digits <= text.count else { return nil }
        var value: UInt32 = 0
        for index in start..<(start + digits) {
            switch text[index] {
            case let byte where byte.isASCIIDigit: value = value << 4 | UInt32(byte - 0x30)
            case let byte where (0x61...0x66).contains(byte | 0x20): value = value << 4 | UInt32((byte | 0x20) - 0x61 + 10)
            default: return nil
            }
        }
        return value
    }
}
