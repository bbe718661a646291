import BursarBasics

/// What an amount counts. *Value.*
package enum AmountKind: String, Sendable, CaseIterable {
    /// May be spent now.
    case available
    /// Held back by jobs that are running.
    case reserved
    /// Available and reserved together.
    case total
    /// Given in all, spent or not.
    case granted
    /// Spent in the period that the provider counts.
    case used
    /// The cap of what may be spent in it.
    case limit
}

/// What an amount is counted in: three capitals are ISO 4217 money (`USD`), anything else is a provider's own unit
/// (`credits`). Units are never added up or converted. *Value.*
package struct AmountUnit: Sendable, Hashable, CustomStringConvertible {
    package let name: String

    /// 1…24 of `A-Z a-z 0-9 _ - .`, beginning with a letter: a unit may come from an upstream body, so it is never free text.
    package init?(_ name: some StringProtocol) {
        let bytes = name.utf8
        guard (1...24).contains(bytes.count), let first = bytes.first, first.isASCIILetter,
            bytes.allSatisfy({ $0.isASCIILetter || $0.isASCIIDigit || $0 == 0x5F || $0 == 0x2D || $0 == 0x2E })
        else { return nil }
        self.name = String(name)
    }

    package var isMoney: Bool { name.utf8.count == 3 && name.utf8.allSatisfy { (0x41...0x5A).contains($0) } }
    package var description: String { name }
}

/// Tells amounts of one kind and unit apart: `plan`, `topup`. *Value.*
package struct AmountPart: Sendable, Hashable, CustomStringConvertible {
    package let name: String

    /// 1…24 of `A-Z a-z 0-9 _ -`, beginning with a letter.
    package init?(_ name: some StringProtocol) {
        guard let unit = AmountUnit(name), !name.utf8.contains(UInt8(ascii: ".")) else { return nil }
        self.name = unit.name
    }

    package var description: String { name }
}

/// An exact number, what it counts and in what. *Value.*
package struct Amount: Sendable, Equatable {
    package let kind: AmountKind
    package let value: ExactDecimal
    package let unit: AmountUnit
    /// Nil where the provider has one figure of this kind and unit.
    package let part: AmountPart?
    /// When it is filled again; nil where the provider tells none.
    package let resetsAt: WallTime?
    /// When it is gone; nil where the provider tells none.
    package let expiresAt: WallTime?
    /// True for what stands beside the row's own amounts: it never takes the place of an `available` that is not told.
    package let isAside: Bool
    /// True for an `available` that holds at once with others of its unit: what can be spent is the least of them, so none of them stands
    /// for the unit where the row's own is not known.
    package let binds: Bool

    package init(
        kind: AmountKind, value: ExactDecimal, unit: AmountUnit, part: AmountPart? = nil, resetsAt: WallTime? = nil,
        expiresAt: WallTime? = nil, isAside: Bool = false, binds: Bool = false
    ) {
        self.kind = kind
        self.value = value
        self.unit = unit
        self.part = part
        self.resetsAt = resetsAt
        self.expiresAt = expiresAt
        self.isAside = isAside
        self.binds = binds
    }
}

extension [Amount] {
    /// Equal for whoever is shown them: to the digit, and with the same one as the row's own. Times move on without a change.
    package func saysTheSame(as other: [Amount]) -> Bool {
        elementsEqual(other) {
            $0.kind == $1.kind && $0.unit == $1.unit && $0.part == $1.part && $0.value.description == $1.value.description
                && $0.isAside == $1.isAside && $0.binds == $1.binds
        }
    }
}
