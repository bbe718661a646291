/// Finds the name that was probably meant. *Pure.*
package enum NearestName {
    /// Longer texts are no misspelt names, and the distance costs their product.
    private static let longest = 64

    /// The nearest of `names` within a third of the shorter name, at least one edit, and not every byte replaced: `x` does not
    /// find `y`. Case and `-` against `_` cost nothing. The first of equals wins.
    package static func find(_ name: String, among names: some Sequence<String>) -> String? {
        let wanted = folded(name)
        guard !wanted.isEmpty, wanted.count <= longest else { return nil }
        var best: (name: String, distance: Int)?
        for candidate in names where candidate != name {
            let other = folded(candidate)
            guard other.count <= longest else { continue }
            let distance = distance(wanted, other)
            guard distance <= max(1, min(wanted.count, other.count) / 3), distance < max(wanted.count, other.count) else {
                continue
            }
            if distance < best?.distance ?? .max { best = (candidate, distance) }
        }
        return best?.name
    }

    /// Insertions, deletions, replacements and swaps of neighbours, each costing one.
    package static func distance(_ left: String, _ right: String) -> Int { distance(Array(left.utf8), Array(right.utf8)) }

    private static func folded(_ name: String) -> [UInt8] {
        name.utf8.map { byte in
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"): byte | 0x20
            case UInt8(ascii: "-"): UInt8(ascii: "_")
            default: byte
            }
        }
    }

    private static func distance(_ left: [UInt8], _ right: [UInt8]) -> Int {
        var beforeLast: [Int] = []
        var last = Array(0...right.count)
        for row in left.indices {
            var current = [row + 1]
            for column in right.indices {
                let same = left[row] == right[column]
                var cost = min(last[column] + (same ? 0 : 1), last[column + 1] + 1, current[column] + 1)
                if row > 0, column > 0, left[row] == right[column - 1], left[row - 1] == right[column] {
                    cost = min(cost, beforeLast[column - 1] + 1)
                }
                current.append(cost)
            }
            beforeLast = last
            last = current
        }
        return last[right.count]
    }
}
