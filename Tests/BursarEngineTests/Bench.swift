import BursarModel
import Testing

@testable import BursarEngine

/// One machine and one clock, moved by hand: what the tests of rules are written with.
struct Bench {
    var machine: RefreshMachine
    var now = Moment(monotonic: MonotonicTime(nanoseconds: 1_000_000_000_000), wall: WallTime(seconds: 1_800_000_000))
    var policy = RefreshPolicy(ttl: .seconds(30), staleFor: .seconds(86_400), timeout: .seconds(5))
    let key = Bench.key(1)
    /// Of the last request.
    private(set) var lastWaiter: UInt64 = 0

    init(seed: UInt64 = 7, limits: MachineLimits = MachineLimits()) { machine = RefreshMachine(limits: limits, seed: seed) }

    static func key(_ number: UInt8) -> CredentialKey {
        guard let key = CredentialKey(digest: [UInt8](repeating: number, count: 32)) else { preconditionFailure("32 bytes") }
        return key
    }

    /// A reading that can be told from others by its `asOf`.
    static func reading(_ mark: Int64 = 1) -> Reading {
        guard let value = ExactDecimal("12.3400"), let unit = AmountUnit("USD") else { preconditionFailure("well-formed") }
        return Reading(
            amounts: [Amount(kind: .available, value: value, unit: unit)], providerSaysLow: nil,
            asOf: WallTime(milliseconds: mark),
            reply: UpstreamReply(status: 200, contentType: "application/json", body: Array("{}".utf8)))
    }

    mutating func pass(_ duration: Duration) { now = now.advanced(by: duration) }

    mutating func waiter() -> WaiterID {
        lastWaiter += 1
        return WaiterID(lastWaiter)
    }

    /// A request of a new waiter.
    mutating func request(_ demand: Demand = .anyCached, key: CredentialKey? = nil) -> RequestAction {
        machine.requested(key ?? self.key, policy: policy, demand: demand, waiter: waiter(), now: now)
    }

    /// A request that must lead to a call; nil where it does not.
    mutating func start(_ demand: Demand = .newest, key: CredentialKey? = nil) -> CallStart? {
        switch request(demand, key: key) {
        case .start(let start): start
        case .stale(_, let refresh): refresh
        case .fresh, .join, .blocked: nil
        }
    }

    mutating func succeed(_ start: CallStart?, mark: Int64 = 1, key: CredentialKey? = nil) -> CompletionAction {
        guard let start else { return .ignored }
        return machine.callSucceeded(key ?? self.key, call: start.id, reading: Bench.reading(mark), now: now)
    }

    @discardableResult
    mutating func fail(_ start: CallStart?, _ failure: CallFailure, key: CredentialKey? = nil) -> CompletionAction {
        guard let start else { return .ignored }
        return machine.callFailed(key ?? self.key, call: start.id, failure: failure, now: now)
    }

    /// Fails a refresh for good: the immediate retry, where there is one, fails alike.
    @discardableResult
    mutating func failForGood(_ start: CallStart?, _ failure: CallFailure, key: CredentialKey? = nil) -> CompletionAction {
        let action = fail(start, failure, key: key)
        guard case .retry(let retry) = action else { return action }
        return fail(retry, failure, key: key)
    }

    var view: AccountView { machine.view(key, policy: policy, now: now) }
    var status: CredentialStatus? { machine.status(key, now: now) }

    /// A machine that holds a good reading whose ttl has just run out.
    static func warm(seed: UInt64 = 7) -> Bench {
        var bench = Bench(seed: seed)
        let start = bench.start()
        _ = bench.succeed(start)
        bench.pass(.seconds(30))
        return bench
    }
}

/// Records that a test took a way it must not, where nothing else is to be said.
func unexpected(_ text: Comment, sourceLocation: SourceLocation = #_sourceLocation) {
    Issue.record(text, sourceLocation: sourceLocation)
}
