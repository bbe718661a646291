import BursarEngine
import BursarInsight
import BursarModel
import BursarUpstream
import Synchronization

/// An outage is told by a failure that is late enough to show it. Where none comes by itself, because nobody asks so often, the desk
/// asks: then a provider that failed once and is well again is not accused.
extension AlertDesk {
    /// A call that is under way, or that the budget defers, is looked at again after this.
    private static let shortestQuestion: Duration = .seconds(1)
    /// Somebody may end a hold by hand.
    private static let longestQuestion: Duration = .seconds(60)

    /// The accounts to ask now.
    static func openQuestions(_ state: inout State, _ now: Moment) -> [AccountEntry] {
        let open = state.ledger.questions(now.wall).open
        state.questions = state.questions.filter { open.contains($0.key) }
        let due = open.filter { state.questions[$0].map { $0 <= now.monotonic } ?? true }
        guard !due.isEmpty else { return [] }
        for account in due { state.questions[account] = now.monotonic.advanced(by: shortestQuestion) }
        return state.entries.values.flatMap { $0.filter { due.contains($0.id) } }
    }

    /// Budgets, holds and single-flight stand. What comes is heard like any other answer.
    func ask(_ entries: [AccountEntry]) {
        for entry in entries {
            refresher.refreshInBackground(entry.upstream, olderThan: .zero)
            let now = clock.now.monotonic
            let next = refresher.status(entry.upstream)?.nextAttempt?.monotonic ?? now
            state.withLock { state in
                guard state.questions[entry.id] != nil else { return }
                state.questions[entry.id] = min(
                    max(next, now.advanced(by: Self.shortestQuestion)), now.advanced(by: Self.longestQuestion))
            }
        }
    }

    /// When ``openQuestions(_:_:)`` has something to do next, if nothing is heard.
    static func nextQuestion(_ state: State, _ now: Moment) -> WallTime? {
        let again = state.questions.values.min().map { now.wall.advanced(by: now.monotonic.duration(to: $0)) }
        return [state.ledger.questions(now.wall).next, again].compactMap(\.self).min()
    }
}
