import BursarBasics
import BursarCatalog
import BursarEngine
import BursarInsight
import BursarModel
import BursarUpstream

/// Asks for a reading of a certain age and waits for it, within what the provider allows. *Value;* any thread.
struct FreshReading: Sendable {
    let refresher: Refresher

    /// What an account shows now, and whether that is as young as was asked for. *Value.*
    struct Result: Sendable {
        let at: Moment
        let view: AccountView
        let isFreshEnough: Bool
        let age: Duration?
        /// When its provider may be asked next; nil: at once.
        let nextAttempt: Moment?

        /// In seconds, for who is told "unknown"; nil where the provider may be asked at once.
        var retryAfter: Int64? {
            let left = nextAttempt.map { at.monotonic.duration(to: $0.monotonic) }
            return left.flatMap { $0 > .zero ? max(1, $0.secondsRoundedUp) : nil }
        }
    }

    /// - Parameter trace: of the request that asks.
    func take(_ entry: AccountEntry, noOlderThan age: Duration, trace: TraceContext?) async -> Result {
        let limit = min(age, entry.upstream.policy.staleFor)
        let asked = refresher.now
        if case .mustWait(let ticket) = refresher.request(
            entry.upstream, demand: .newerThan(age: limit), trace: trace)
        {
            let longest = entry.upstream.policy.timeout + BalancesRoute.margin
            await CallWait([0: ticket], of: refresher, .ofCalls(longest)).value()
        }
        let now = refresher.now
        let (view, status) = refresher.look(at: entry.upstream)
        let fetched = view.fetchedAt
        let isNew = fetched.map { $0.monotonic >= asked.monotonic } ?? false
        let passed = fetched.map { $0.monotonic.duration(to: now.monotonic) }
        return Result(
            at: now, view: view, isFreshEnough: isNew || (passed.map { $0 <= limit } ?? false),
            age: fetched.map { max(.zero, $0.wall.duration(to: now.wall)) }, nextAttempt: status?.nextAttempt)
    }
}

extension AccountView {
    /// Of one unit, as the provider says it may be spent.
    func available(_ unit: AmountUnit) -> ExactDecimal? { reading?.amounts.available(of: unit)?.value }

    /// The unit that a question without one means: the row's own.
    var firstUnit: AmountUnit? { reading?.available?.unit }

    var unitNames: [String] { (reading?.amounts.availableUnits ?? []).map(\.name) }
}
