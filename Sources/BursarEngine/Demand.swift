/// How new a reading a caller asks for. *Value.* It decides only whether the provider *should* be asked, never whether it *may*: no demand
/// overrides a hold or a budget.
package enum Demand: Sendable, Hashable {
    /// Whatever may be shown: fresh, or stale with a refresh behind it. The plain `GET`.
    case anyCached
    /// `Cache-Control: max-age=N`: no reading older than this. A limit above the ttl changes nothing, because a caller that
    /// names no `max-stale` does not ask for stale readings (RFC 9111 5.2.1.1).
    case newerThan(age: Duration)
    /// `Cache-Control: no-cache`: a result that lands after the request came. A call already in flight will do, even though it
    /// began before: a second one beside it would break single-flight for the sake of milliseconds.
    case newest
    /// `Cache-Control: only-if-cached`: never asks the provider.
    case cachedOnly

    /// The same demand for an account of which no stale reading will do. A caller that forbids asking still gets what is cached.
    package func refusingStale(ttl: Duration) -> Demand {
        switch self {
        case .anyCached: .newerThan(age: ttl)
        case .newerThan(let limit): .newerThan(age: min(limit, ttl))
        case .newest, .cachedOnly: self
        }
    }

    /// Whether a reading of this age may answer without asking.
    func isSatisfied(byAge age: Duration) -> Bool {
        switch self {
        case .anyCached, .cachedOnly: true
        case .newerThan(let limit): age <= limit
        case .newest: false
        }
    }
}
