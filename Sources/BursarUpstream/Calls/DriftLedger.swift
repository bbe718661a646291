import BursarModel

/// What was told of each provider's answers that are not as documented, so that each thing is told once. *Value,* inside the refresher's
/// Mutex.
struct DriftLedger: Sendable {
    /// Of one provider: a list whose every element drifts is no hundred lines.
    static let mostTold = 20

    private var told: [ProviderID: Set<String>] = [:]

    /// Those of `drift` that nobody was told of.
    mutating func news(_ drift: [String], of provider: ProviderID) -> [String] {
        drift.filter { detail in
            guard told[provider, default: []].count < Self.mostTold else { return false }
            return told[provider, default: []].insert(detail).inserted
        }
    }

    /// Another definition is in force, and documents something else.
    mutating func forget(_ provider: ProviderID) { told[provider] = nil }
}
