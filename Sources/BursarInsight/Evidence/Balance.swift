import BursarModel

/// One unit of a reading: the amount that stands for it, and what the provider tells of the same part. *Value.*
struct Balance {
    let available: ExactDecimal
    let reserved: ExactDecimal?
    let granted: ExactDecimal?
    private let part: AmountPart?

    /// Nil where no available amount stands for the unit.
    init?(_ amounts: [Amount], _ unit: AmountUnit) {
        guard let standing = amounts.available(of: unit) else { return nil }
        self.init(amounts, standing)
    }

    /// What is compared with a newer reading's amount; nil where it was not told.
    init?(_ amounts: [Amount], before later: Amount) {
        guard let standing = amounts.available(before: later) else { return nil }
        self.init(amounts, standing)
    }

    private init(_ amounts: [Amount], _ standing: Amount) {
        let unit = standing.unit
        func beside(_ kind: AmountKind) -> ExactDecimal? {
            amounts.first { $0.kind == kind && $0.unit == unit && $0.part == standing.part }?.value
        }
        available = standing.value
        part = standing.part
        reserved = beside(.reserved)
        granted = beside(.granted)
    }

    /// What a running job holds is not spent yet. Nil beyond 38 digits.
    var value: ExactDecimal? { available.adding(reserved ?? .zero) }

    /// What is counted. Another way of counting than before compares with nothing.
    var measure: Measure { Measure(part: part, hasReserved: reserved != nil, hasGranted: granted != nil) }

    struct Measure: Sendable, Equatable {
        let part: AmountPart?
        let hasReserved: Bool
        let hasGranted: Bool
    }
}
