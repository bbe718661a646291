import Glibc

/// Patterns with the same beginning for which a ``WindowIndex`` found no window that others had not crowded: `aaaaaaaa`, `aaaaaaaaa` and so
/// on, as anyone may pass through as keys. *Value.*
///
/// Compared one after the other they would cost a text the product of its length and their number. In the order of their bytes, the
/// longest one that a text goes on with is found by halving, and those that are its beginnings lie within it.
struct PatternPile {
    /// A pattern, as its place in the memory of the index.
    struct Item {
        var start: Int
        var count: Int
        var hasLeadingEdge: Bool
        var hasTrailingEdge: Bool
        /// The next shorter one that this one begins with; -1: there is none.
        fileprivate(set) var parent = -1
        /// One further up, twice as far each time that is possible: how few steps find one of a given length.
        fileprivate var jump = -1
        /// How many of the others this one begins with.
        fileprivate var depth = 0

        init(start: Int, count: Int, hasLeadingEdge: Bool, hasTrailingEdge: Bool) {
            (self.start, self.count) = (start, count)
            (self.hasLeadingEdge, self.hasTrailingEdge) = (hasLeadingEdge, hasTrailingEdge)
        }
    }

    /// In the order of their bytes, each once.
    private(set) var items: [Item] = []

    /// - Parameter bytes: the memory that the items lie in.
    init(_ unordered: [Item], _ bytes: UnsafeRawBufferPointer) {
        func part(_ item: Item) -> UnsafeRawBufferPointer { Self.part(item, bytes) }
        for item in unordered.sorted(by: { Self.isBefore(part($0), part($1)) }) {
            if let last = items.last, last.count == item.count, Self.begins(part(item), with: part(last)) {
                // The same bytes in two writings: what one of them takes is gone.
                items[items.count - 1].hasLeadingEdge = last.hasLeadingEdge || item.hasLeadingEdge
                items[items.count - 1].hasTrailingEdge = last.hasTrailingEdge || item.hasTrailingEdge
            } else {
                items.append(item)
            }
        }
        for index in items.indices {
            var parent = index - 1
            while parent >= 0, !Self.begins(part(items[index]), with: part(items[parent])) { parent = items[parent].parent }
            link(index, under: parent)
        }
    }

    private mutating func link(_ index: Int, under parent: Int) {
        items[index].parent = parent
        guard parent >= 0 else { return }
        items[index].depth = items[parent].depth + 1
        // Where the shorter one is found, the byte before it goes; so it does where this one is found in its place.
        items[index].hasLeadingEdge = items[index].hasLeadingEdge || items[parent].hasLeadingEdge
        let jump = items[parent].jump
        let further = jump >= 0 ? items[jump].jump : -1
        let isEven = further >= 0 && items[parent].depth - items[jump].depth == items[jump].depth - items[further].depth
        items[index].jump = isEven ? further : parent
    }

    /// The longest pattern that `text` begins with; the shorter ones are its parents.
    func longest(beginning text: UnsafeRawBufferPointer, _ bytes: UnsafeRawBufferPointer) -> Int? {
        var low = 0
        var high = items.count
        while low < high {
            let middle = (low + high) / 2
            if Self.isBefore(text, Self.part(items[middle], bytes)) { high = middle } else { low = middle + 1 }
        }
        // All that the text begins with are beginnings of the last one that is not behind it.
        var index = low - 1
        guard index >= 0 else { return nil }
        let shared = Self.shared(text, Self.part(items[index], bytes))
        while index >= 0, items[index].count > shared {
            let jump = items[index].jump
            index = jump >= 0 && items[jump].count > shared ? jump : items[index].parent
        }
        return index >= 0 ? index : nil
    }
}

extension PatternPile {
    private static func part(_ item: Item, _ bytes: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(rebasing: bytes[item.start..<(item.start + item.count)])
    }

    private static func compare(_ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer, _ count: Int) -> Int32 {
        guard count > 0, let left = left.baseAddress, let right = right.baseAddress else { return 0 }
        return memcmp(left, right, count)
    }

    private static func isBefore(_ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer) -> Bool {
        let order = compare(left, right, min(left.count, right.count))
        return order == 0 ? left.count < right.count : order < 0
    }

    private static func begins(_ text: UnsafeRawBufferPointer, with part: UnsafeRawBufferPointer) -> Bool {
        text.count >= part.count && compare(text, part, part.count) == 0
    }

    /// How many bytes both begin with.
    private static func shared(_ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer) -> Int {
        let count = min(left.count, right.count)
        var place = 0
        func word(_ text: UnsafeRawBufferPointer) -> UInt64 { text.loadUnaligned(fromByteOffset: place, as: UInt64.self) }
        while place + 8 <= count, word(left) == word(right) { place += 8 }
        while place < count, left[place] == right[place] { place += 1 }
        return place
    }
}
