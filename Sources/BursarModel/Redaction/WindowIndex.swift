import BursarBasics

/// Finds any of many patterns in a text in one pass: each pattern is filed under one window of eight of its bytes (four for
/// short words), and each window of the text is looked up in a bit filter that clean text hardly ever passes. *Immutable;
/// any thread.*
///
/// At most ``crowded`` patterns share a slot, and who would be one more is put on a ``PatternPile``: what a place of a text costs does not
/// depend on the number of keys, also where they were made to look alike.
///
/// A table of windows instead of an automaton (Aho-Corasick): 90,000 patterns of 10,000 credentials take some 5 MB instead of
/// hundreds, and clean text costs one multiplication and one bit test a byte. The patterns lie in memory of their own, which
/// is overwritten when the index goes.
final class WindowIndex: Sendable {
    /// Where a pattern lies and how to judge a hit.
    private struct Entry {
        var start: UInt32
        var count: UInt32
        /// Where the window lies within the pattern.
        var window: UInt32
        var hash: UInt64
        /// The next entry of the same slot, or -1.
        var next: Int32
        var hasLeadingEdge: Bool
        var hasTrailingEdge: Bool
    }

    /// Sendable although a pointer: written in `init`, then only read until `deinit`.
    private nonisolated(unsafe) let arena: UnsafeMutableRawBufferPointer
    private let entries: [Entry]
    private let heads: [Int32]
    /// By the hash of their first window. The dictionary's own is seeded, so nobody can crowd it.
    private let piles: [UInt64: PatternPile]
    private let filter: [UInt64]
    private let headShift: UInt64
    private let filterShift: UInt64
    private let width: Int
    /// Patterns count only as whole words: those of four bytes.
    private var areWords: Bool { width < 8 }

    /// Odd, with bits everywhere (2⁶⁴ divided by the golden ratio): the product's upper bits depend on all eight bytes.
    private static let multiplier: UInt64 = 0x9E37_79B9_7F4A_7C15
    /// A filter bit in 16 is set at most, so 15 of 16 clean windows end at the filter.
    private static let filterBitsPerEntry = 16

    /// - Parameter width: 8, or 4 for patterns that are shorter; no pattern may be shorter than that.
    init(_ patterns: [SecretPattern], width: Int) {
        self.width = width
        let headBits = Self.bits(for: max(64, patterns.count * 2))
        let filterBits = Self.bits(for: max(1 << 15, patterns.count * Self.filterBitsPerEntry))
        headShift = UInt64(64 - headBits)
        filterShift = UInt64(64 - filterBits)
        var heads = [Int32](repeating: -1, count: 1 << headBits)
        var filter = [UInt64](repeating: 0, count: 1 << (filterBits - 6))
        var entries: [Entry] = []
        entries.reserveCapacity(patterns.count)
        arena = .allocate(byteCount: patterns.reduce(0) { $0 + $1.bytes.count }, alignment: 1)

        var piled: [UInt64: [PatternPile.Item]] = [:]
        var start = 0
        for pattern in patterns {
            let target = UnsafeMutableRawBufferPointer(rebasing: arena[start..<(start + pattern.bytes.count)])
            target.copyBytes(from: pattern.bytes)
            let source = UnsafeRawBufferPointer(target)
            let window = Self.leastCrowdedWindow(of: source, width: width, heads: heads, entries: entries, shift: headShift)
            let hash = Self.hash(source, at: window ?? 0, width: width)
            if let window {
                let slot = Int(hash >> headShift)
                entries.append(
                    Entry(
                        start: UInt32(start), count: UInt32(pattern.bytes.count), window: UInt32(window), hash: hash,
                        next: heads[slot], hasLeadingEdge: pattern.hasLeadingEdge, hasTrailingEdge: pattern.hasTrailingEdge))
                heads[slot] = Int32(entries.count - 1)
            } else {
                piled[hash, default: []].append(
                    PatternPile.Item(
                        start: start, count: pattern.bytes.count, hasLeadingEdge: pattern.hasLeadingEdge,
                        hasTrailingEdge: pattern.hasTrailingEdge))
            }
            let bit = hash >> filterShift
            filter[Int(bit >> 6)] |= 1 << (bit & 63)
            start += pattern.bytes.count
        }
        self.entries = entries
        self.heads = heads
        self.filter = filter
        let memory = UnsafeRawBufferPointer(arena)
        piles = piled.mapValues { PatternPile($0, memory) }
    }

    deinit {
        Wiping.wipe(arena)
        arena.deallocate()
    }

    private static func bits(for count: Int) -> Int { Int.bitWidth - (count - 1).leadingZeroBitCount }

    private static func hash(_ text: UnsafeRawBufferPointer, at offset: Int, width: Int) -> UInt64 {
        let window =
            width == 8
            ? text.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
            : UInt64(text.loadUnaligned(fromByteOffset: offset, as: UInt32.self))
        return window &* multiplier
    }

    /// Keys of one provider often begin alike ("sk-live-…"): filed under their first bytes they would all share one entry
    /// list, and a text that repeats that beginning would be compared with every one of them. So: the end first, and another
    /// place where that is already taken.
    /// - Returns: nil where every place is.
    private static func leastCrowdedWindow(
        of pattern: UnsafeRawBufferPointer, width: Int, heads: [Int32], entries: [Entry], shift: UInt64
    ) -> Int? {
        let last = pattern.count - width
        var best = last
        var bestCrowd = Int.max
        func look(at candidate: Int) {
            let hash = Self.hash(pattern, at: candidate, width: width)
            var crowd = 0
            var index = heads[Int(hash >> shift)]
            while index >= 0, crowd < crowded {
                crowd += 1
                index = entries[Int(index)].next
            }
            if crowd < bestCrowd { (best, bestCrowd) = (candidate, crowd) }
        }
        for candidate in [last, last / 2, last / 4, last * 3 / 4, 0] where bestCrowd > 0 { look(at: candidate) }
        guard bestCrowd > 1 else { return best }
        // Keys that share most of their text (`key-team-000123-live`) differ somewhere: each place is looked at, a few steps each.
        for candidate in 0...last where bestCrowd > 0 { look(at: candidate) }
        return bestCrowd < crowded ? best : nil
    }

    /// How many patterns may share a slot. Chance never brings so many together; who made keys for it finds the pile.
    static let crowded = 8

    /// The most that are compared one by one at one place of a text: what the tests hold the bound above to.
    var mostCompared: Int {
        heads.map { head in
            var (index, count) = (head, 0)
            while index >= 0 { (index, count) = (entries[Int(index)].next, count + 1) }
            return count
        }.max() ?? 0
    }
}

extension WindowIndex {
    /// Calls `found` with the places of all patterns in `text`, in no particular order. They may overlap, and what lies within another
    /// need not be told: at each place of the text, few are.
    func search(_ text: UnsafeRawBufferPointer, found: (Range<Int>) -> Void) {
        guard !entries.isEmpty, text.count >= width else { return }
        filter.withUnsafeBufferPointer { filter in
            if width == 8 {
                scan(text, UInt64.self, filter, found)
            } else {
                scan(text, UInt32.self, filter, found)
            }
        }
    }

    @inline(__always)
    private func scan<Window: FixedWidthInteger & UnsignedInteger & BitwiseCopyable>(
        _ text: UnsafeRawBufferPointer, _: Window.Type, _ filter: UnsafeBufferPointer<UInt64>, _ found: (Range<Int>) -> Void
    ) {
        guard let base = text.baseAddress else { return }
        let last = text.count - MemoryLayout<Window>.size
        let shift = filterShift
        var offset = 0
        while offset <= last {
            let hash = UInt64(base.loadUnaligned(fromByteOffset: offset, as: Window.self)) &* Self.multiplier
            let bit = hash &>> shift
            // In range: `bit` has as many bits as the filter, by the shift.
            if filter[Int(truncatingIfNeeded: bit &>> 6)] & (1 &<< (bit & 63)) != 0 { judge(text, offset, hash, found) }
            offset &+= 1
        }
    }

    /// A window passed the filter: compares the patterns filed under it, in full.
    @inline(never)
    private func judge(_ text: UnsafeRawBufferPointer, _ offset: Int, _ hash: UInt64, _ found: (Range<Int>) -> Void) {
        var index = heads[Int(hash >> headShift)]
        while index >= 0 {
            let entry = entries[Int(index)]
            index = entry.next
            guard entry.hash == hash else { continue }
            let start = offset - Int(entry.window)
            let end = start + Int(entry.count)
            guard start >= 0, end <= text.count, Self.equal(text, start, arena, Int(entry.start), Int(entry.count)) else {
                continue
            }
            tell(text, start..<end, leads: entry.hasLeadingEdge, trails: entry.hasTrailingEdge, found)
        }
        if !piles.isEmpty, let pile = piles[hash] { judge(text, offset, pile, found) }
    }

    private func judge(_ text: UnsafeRawBufferPointer, _ offset: Int, _ pile: PatternPile, _ found: (Range<Int>) -> Void) {
        let rest = UnsafeRawBufferPointer(rebasing: text[offset...])
        guard var index = pile.longest(beginning: rest, UnsafeRawBufferPointer(arena)) else { return }
        while index >= 0 {
            let item = pile.items[index]
            tell(text, offset..<(offset + item.count), leads: item.hasLeadingEdge, trails: item.hasTrailingEdge, found)
            // The shorter ones lie within it. Of words, which are of four lengths at most, a shorter one may be whole where it is not.
            index = areWords ? item.parent : -1
        }
    }

    /// A pattern stands there.
    private func tell(
        _ text: UnsafeRawBufferPointer, _ place: Range<Int>, leads: Bool, trails: Bool, _ found: (Range<Int>) -> Void
    ) {
        let (start, end) = (place.lowerBound, place.upperBound)
        if areWords {
            if start > 0, Self.isWordByte(text[start - 1]) { return }
            if end < text.count, Self.isWordByte(text[end]) { return }
        }
        let leads = leads && start > 0 && Self.isBase64Byte(text[start - 1])
        let trails = trails && end < text.count && Self.isBase64Byte(text[end])
        found((leads ? start - 1 : start)..<(trails ? end + 1 : end))
    }

    /// Eight bytes at a step: a pattern may be kilobytes long, and a hostile text may make every offset a near match.
    private static func equal(
        _ text: UnsafeRawBufferPointer, _ textStart: Int, _ arena: UnsafeMutableRawBufferPointer, _ start: Int, _ count: Int
    ) -> Bool {
        var place = 0
        while place + 8 <= count {
            let left = text.loadUnaligned(fromByteOffset: textStart + place, as: UInt64.self)
            guard left == arena.loadUnaligned(fromByteOffset: start + place, as: UInt64.self) else { return false }
            place += 8
        }
        while place < count {
            guard text[textStart + place] == arena[start + place] else { return false }
            place += 1
        }
        return true
    }

    private static func isWordByte(_ byte: UInt8) -> Bool {
        byte.isASCIILetter || byte.isASCIIDigit || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_") || byte >= 0x80
    }
    private static func isBase64Byte(_ byte: UInt8) -> Bool {
        byte.isASCIILetter || byte.isASCIIDigit || byte == UInt8(ascii: "+") || byte == UInt8(ascii: "/")
            || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_")
    }
}
