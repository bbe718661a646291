import BursarModel

/// Bars of characters, at most 60 of them; the last value of each part. Pure, in exact decimals.
enum Sparkline {
    private static let bars = Array("▁▂▃▄▅▆▇█")

    static func text(_ values: [ExactDecimal?], width: Int = 60) -> String {
        let count = min(width, values.count)
        let picked = (0..<count).map { values[($0 + 1) * values.count / count - 1] }
        let known = picked.compactMap(\.self)
        guard let low = known.min(), let high = known.max() else { return "" }
        return String(picked.map { value in value.map { bars[level($0, low, high)] } ?? " " })
    }

    /// How many of the seven bounds between lowest and highest it reaches: 8 × (value − low) ≥ step × (high − low).
    private static func level(_ value: ExactDecimal, _ low: ExactDecimal, _ high: ExactDecimal) -> Int {
        guard let span = high.subtracting(low), !span.isZero, let above = value.subtracting(low) else { return 0 }
        let eight = times(above, 8)
        return (1..<bars.count).last { step in eight >= times(span, step) } ?? 0
    }

    private static func times(_ value: ExactDecimal, _ count: Int) -> ExactDecimal {
        (0..<count).reduce(ExactDecimal.zero) { sum, _ in sum.adding(value) ?? sum }
    }
}
