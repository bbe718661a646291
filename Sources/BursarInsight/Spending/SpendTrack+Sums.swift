import BursarModel

extension SpendTrack {
    /// The sums of one time, as they grow. *Value.* Nil is beyond 38 digits, and stays it.
    struct Cell {
        let since: Int64
        let until: Int64
        var burned: ExactDecimal? = .zero
        var burnedOrBefore: ExactDecimal? = .zero
        var toppedUp: ExactDecimal? = .zero
        var expired: ExactDecimal? = .zero
        var dropped: ExactDecimal? = .zero
        var unknown: Int64 = 0
        var reset: Spending.Reset?

        func sum(of amount: CountedAmount) -> Spending.Sum {
            let isKnown = unknown < until - since
            // A zero of a time that nobody knows is none.
            func told(_ value: ExactDecimal?) -> ExactDecimal? { value.flatMap { $0.isZero && !isKnown ? nil : $0 } }
            return Spending.Sum(
                unit: amount.unit, part: amount.part, isOwn: amount.isOwn, spent: told(burned), spentOrBefore: burnedOrBefore,
                toppedUp: told(toppedUp), expired: told(expired), dropped: told(dropped),
                unknownSeconds: Int((min(unknown, until - since) + 999) / 1_000), reset: reset)
        }
    }

    /// From each edge to the next one. A step belongs where its end lies, an end on an edge to the time before: it was spent before it
    /// was seen.
    func sums(between edges: [Int64]) -> [Cell] {
        var cells = zip(edges, edges.dropFirst()).map { Cell(since: $0, until: $1) }
        guard let first = edges.first, let last = edges.last else { return [] }
        guard let seen else {
            Self.mark(from: first, to: last, in: &cells, at: 0)
            return cells
        }
        Self.mark(from: first, to: min(seen.from, last), in: &cells, at: 0)
        var index = 0
        for step in steps where step.to > first {
            // Forwards, but where the clock went back.
            while index > 0, step.to <= cells[index - 1].until { index -= 1 }
            while index < cells.count, step.to > cells[index].until { index += 1 }
            if index < cells.count {
                Self.count(step, in: &cells, at: index)
            } else if step.from < last - Spending.precision, step.isUnknown || !step.burned.isZero {
                Self.mark(from: step.from, to: last, in: &cells, at: cells.count - 1)
            }
        }
        Self.mark(from: max(seen.until, first), to: last, in: &cells, at: cells.count - 1)
        return cells
    }

    private static func count(_ step: Step, in cells: inout [Cell], at index: Int) {
        let isEarlier = step.from < cells[index].since - Spending.precision
        if isEarlier {
            cells[index].burnedOrBefore = cells[index].burnedOrBefore?.adding(step.burned)
        } else {
            cells[index].burned = cells[index].burned?.adding(step.burned)
        }
        cells[index].toppedUp = cells[index].toppedUp?.adding(step.toppedUp)
        cells[index].expired = cells[index].expired?.adding(step.expired)
        cells[index].dropped = cells[index].dropped?.adding(step.dropped)
        if let reset = step.reset {
            cells[index].reset = Spending.Reset(at: WallTime(milliseconds: step.to), reason: reset.rawValue)
        }
        if step.isUnknown || (isEarlier && !step.burned.isZero) { mark(from: step.from, to: step.to, in: &cells, at: index) }
    }

    /// - Parameter index: a cell that the time reaches into; others before and after it are found from there.
    private static func mark(from: Int64, to: Int64, in cells: inout [Cell], at index: Int) {
        func overlap(_ cell: Cell) -> Int64 { max(0, min(to, cell.until) - max(from, cell.since)) }
        var before = index
        while before >= 0, cells.indices.contains(before), cells[before].until > from {
            cells[before].unknown += overlap(cells[before])
            before -= 1
        }
        var after = index + 1
        while after < cells.count, cells[after].since < to {
            cells[after].unknown += overlap(cells[after])
            after += 1
        }
    }
}
