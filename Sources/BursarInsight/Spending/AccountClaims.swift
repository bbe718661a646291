import BursarModel

/// The claims of one account, counted as they come and go, so that nobody has to look at all of them. *Value.*
struct AccountClaims: Sendable {
    /// Of one unit. *Value.*
    private struct Sum: Sendable {
        var claims = 0
        /// Nil where the sum did not fit, until all of its claims are gone.
        var total: ExactDecimal? = .zero
    }

    private(set) var ids: Set<String> = []
    private var owners: [String: Int] = [:]
    private var sums: [AmountUnit: Sum] = [:]

    var isEmpty: Bool { ids.isEmpty }

    func count(of owner: String) -> Int { owners[owner] ?? 0 }

    /// Of those that are not released; nil beyond 38 digits.
    func total(of unit: AmountUnit) -> ExactDecimal? {
        guard let sum = sums[unit] else { return .zero }
        return sum.total
    }

    mutating func insert(_ claim: Claim) {
        guard ids.insert(claim.id).inserted else { return }
        owners[claim.owner, default: 0] += 1
        if !claim.isReleased { add(claim) }
    }

    mutating func remove(_ claim: Claim) {
        guard ids.remove(claim.id) != nil else { return }
        let left = count(of: claim.owner) - 1
        owners[claim.owner] = left > 0 ? left : nil
        if !claim.isReleased { take(claim) }
    }

    private mutating func add(_ claim: Claim) {
        var sum = sums[claim.unit] ?? Sum()
        sum.claims += 1
        sum.total = sum.total?.adding(claim.counted)
        sums[claim.unit] = sum
    }

    private mutating func take(_ claim: Claim) {
        guard var sum = sums[claim.unit] else { return }
        sum.claims -= 1
        // Without the decimals of what is gone.
        sum.total = sum.total?.subtracting(claim.counted)?.shortest
        sums[claim.unit] = sum.claims > 0 ? sum : nil
    }
}

extension Claim {
    /// What it counts for: its amount, and where that has more decimals than a claim may, the next amount above that has not. An earlier version
    /// kept such claims, and one of them left no digits for the balance of its account.
    var counted: ExactDecimal { amount.roundedUp(toDecimals: Self.mostDecimals) }
}
