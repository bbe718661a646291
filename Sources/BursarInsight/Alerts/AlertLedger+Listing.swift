package import BursarModel

/// How a rule stands, for people. *Value.*
package struct AlertListing: Sendable, Equatable {
    package let key: AlertKey
    package let rule: AlertRule
    package let state: AlertState
    /// Nil where nothing was read, or where the amount is withheld because the key was rejected or replaced since.
    package let facts: AlertFacts?
    /// When it fires if nothing changes until then; nil: it fires already, or its condition does not hold.
    package let firesAt: WallTime?
    package let mutedUntil: WallTime?
    /// The targets that have it for certain, sorted; of a receiver of states: that it was sent to.
    package let told: [String]
}

extension AlertLedger {
    /// Every rule of every account, also those of which nothing was heard yet.
    package func listing(_ now: WallTime) -> [AlertListing] {
        rules.keys.sorted().flatMap { account in
            (rules[account] ?? []).map { rule in
                let key = AlertKey(account, rule.name)
                let facts = latest[key].flatMap { $0.value != nil && withheld.contains(account) ? nil : $0 }
                let state = records.states[key] ?? AlertState()
                let told = state.told.keys.filter { state.confirmed.contains($0) || targets[$0]?.takesStates == true }
                return AlertListing(
                    key: key, rule: rule, state: state, facts: facts, firesAt: firingTime(key, rule, now),
                    mutedUntil: isMuted(account, now) ? records.mutes[account] : nil, told: told.sorted())
            }
        }
    }

    /// Events that are on their way to a target.
    package func pending(_ target: String) -> Int { queueOfTarget[target]?.count ?? 0 }

    /// When the next message that was begun is due again; nil where none was. What still gathers is not counted.
    package func nextAttempt(_ target: String) -> WallTime? {
        records.messages.values.filter { $0.target == target }.map(\.dueAt).min()
    }

    /// Whether a message waits that was tried in vain, by this process or by one before. The attempt under way is counted already.
    package func isRetrying(_ target: String) -> Bool {
        let current = underWay[target]?.message
        return records.messages.values.contains { $0.target == target && $0.attempts > ($0.id == current ? 1 : 0) }
    }

    package func pausedStatus(_ target: String) -> Int? {
        targets[target].flatMap { isPaused($0) ? records.targets[target]?.pausedStatus : nil }
    }
}
