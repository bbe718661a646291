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
        self.init(standing, of: amounts)
    }

    /// What is compared with a newer reading's amount; nil where it was not told.
    init?(_ amounts: [Amount], before later: Amount) {
        guard let standing = amounts.available(before: later) else { return nil }
        self.init(standing, of: amounts)
    }

    /// One part by its name, whether it stands for the unit or not.
    init?(_ amounts: [Amount], _ unit: AmountUnit, part: AmountPart?) {
        let amount = amounts.first { $0.kind == .available && $0.unit == unit && $0.part == part }
        guard let amount else { return nil }
        self.init(amount, of: amounts)
    }

    /// Two readings as they are compared: what stands for the unit now, and the same part before.
    static func pair(_ before: [Amount], _ after: [Amount], _ unit: AmountUnit) -> (old: Balance?, new: Balance?) {
        guard let standing = after.available(of: unit) else { return (nil, nil) }
        return (Balance(before, before: standing), Balance(standing, of: after))
    }

    private init(_ amount: Amount, of amounts: [Amount]) {
        func beside(_ kind: AmountKind) -> ExactDecimal? {
            amounts.first { $0.kind == kind && $0.unit == amount.unit && $0.part == amount.part }?.value
        }
        available = amount.value
        part = amount.part
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
