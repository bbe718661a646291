import BursarModel

@testable import BursarEngine

/// What the contract's section 5 says of one credential, written a second time and as plainly as possible: bounds instead of
/// jitter, seconds instead of types of their own. The simulation holds the machine against it.
struct ReferenceModel {
    struct Policy {
        var ttl: Int64
        var staleFor: Int64
        var timeout: Int64
        var budget: (calls: Int, window: Int64)?
        var isConfigured: Bool
    }

    /// Nanoseconds, as all times here.
    static let second: Int64 = 1_000_000_000

    var policy: Policy
    var isKnown = false
    var isPinned = false
    var isRemoved = false

    // The call.
    var flight: CallID?
    var began: Int64 = 0
    var isRetry = false
    var isOverdue = false
    var waiting: Set<WaiterID> = []
    var starts: [Int64] = []

    // The reading.
    var mark: Int64?
    var fetchedAt: Int64 = 0
    var neverFresh = false

    // The penalties. No call before `earliest`; one must be possible from `latest` on.
    var earliest = Int64.min
    var latest = Int64.min
    var code: ProblemCode?
    var wasRefused = false
    var hinted = 0
    var unhinted = 0
    var backoffs = 0
    var row = 0
    var openings = 0
    /// The deadline that the machine told last, which may only move later.
    var told = Int64.min

    init(policy: Policy) { self.policy = policy }

    // MARK: Events

    mutating func started(_ id: CallID, now: Int64) {
        flight = id
        began = now
        isRetry = false
        isOverdue = false
        starts.append(now)
    }

    mutating func retried(_ id: CallID, now: Int64) {
        flight = id
        isRetry = true
        row += 1
        starts.append(now)
    }

    mutating func succeeded(mark: Int64, now: Int64) {
        self.mark = mark
        fetchedAt = now
        neverFresh = false
        code = nil
        forgiven()
        ended()
    }

    mutating func forgiven() {
        (earliest, latest, told) = (.min, .min, .min)
        (hinted, unhinted, backoffs, row, openings) = (0, 0, 0, 0, 0)
        wasRefused = false
    }

    /// Whether a failure is remembered that would lengthen the next wait.
    var isCounting: Bool { hinted + unhinted + backoffs + row + openings > 0 }

    mutating func ended() {
        flight = nil
        isOverdue = false
        waiting = []
    }

    /// The machine has dropped the credential: allowed only where nothing ran.
    mutating func vanished() { self = ReferenceModel(policy: policy) }

    /// - Parameter told: the wait that the provider told, in seconds.
    mutating func failed(_ code: ProblemCode, told: Int64?, now: Int64) {
        self.code = code
        let wasCounted = isOverdue
        switch code {
        case .unauthorized, .forbidden:
            mark = nil
            (row, openings, backoffs) = (0, 0, 0)
            hold(300, 300, now)
        case .rateLimited:
            (row, openings, backoffs) = (0, 0, 0)
            cool(told, now)
        case .upstreamError, .unreachable, .timeout, .invalidResponse, .circuitOpen:
            if let told { cool(told, now) }
            if !wasCounted {
                row += 1
                if row == 5 || openings > 0 {
                    let isAnswered = code != .timeout && code != .unreachable
                    let length = isAnswered ? Self.grown(30, openings, 600) : 25
                    openings += isAnswered || openings == 0 ? 1 : 0
                    hold(length, length, now)
                } else if told == nil {
                    let length = Self.grown(1, backoffs, 60)
                    backoffs += 1
                    hold(length, length * 5 / 4 + 1, now)
                }
            }
        }
    }

    private mutating func cool(_ told: Int64?, _ now: Int64) {
        wasRefused = true
        let capped = min(told ?? 0, 3_600)
        if told != nil, hinted < 3 {
            hinted += 1
            hold(capped, capped, now)
        } else {
            let length = Self.grown(30, unhinted, 900)
            unhinted += 1
            hold(max(length, capped), max(length * 11 / 10, capped), now)
        }
    }

    private static func grown(_ first: Int64, _ times: Int, _ most: Int64) -> Int64 { min(first << min(times, 20), most) }

    private mutating func hold(_ least: Int64, _ most: Int64, _ now: Int64) {
        earliest = max(earliest, now + least * Self.second)
        latest = max(latest, now + most * Self.second)
    }

    // MARK: What must be so

    var isOpen: Bool { openings > 0 }

    func shownCode() -> ProblemCode? { code.map { isOpen ? .circuitOpen : $0 } }

    func status(_ now: Int64) -> RowStatus {
        guard mark != nil else { return .unavailable }
        let end = freshUntil
        if now < end { return .fresh }
        return now < end + policy.staleFor ? .stale : .unavailable
    }

    /// Of a restored reading: the restore, which `restoredAt` says.
    var restoredAt = Int64.max
    var freshUntil: Int64 { neverFresh ? min(fetchedAt + policy.ttl, restoredAt) : fetchedAt + policy.ttl }

    /// What a restart may lose of a call's time, because wall clocks count whole milliseconds: only ever towards "later".
    var slack: Int64 = 0

    func budgetAllows(_ now: Int64, slack: Int64 = 0) -> Bool {
        guard let budget = policy.budget else { return true }
        return starts.count { now - $0 < budget.window + slack } < budget.calls
    }

    func mustStart(_ now: Int64) -> Bool {
        (flight == nil || isOverdue) && now >= latest && budgetAllows(now, slack: slack)
    }

    /// Whether nothing is lost with the machine's memory of it, except a reading.
    func isQuiet(_ now: Int64) -> Bool {
        let spent = policy.budget.map { budget in starts.contains { now - $0 < budget.window } } ?? false
        return flight == nil && now >= earliest && !spent
    }

    /// Whether an immediate retry is due; nil where either is right.
    func retry(_ failure: CallFailure, now: Int64) -> Bool? {
        guard isRetryDue(failure, now: now), budgetAllows(now) else { return false }
        return budgetAllows(now, slack: slack) ? true : nil
    }

    private func isRetryDue(_ failure: CallFailure, now: Int64) -> Bool {
        switch failure.code {
        case .unauthorized, .forbidden, .rateLimited: return false
        case .upstreamError, .unreachable, .timeout, .invalidResponse, .circuitOpen: break
        }
        if let status = failure.upstreamStatus, (300..<500).contains(status) { return false }
        return failure.hint == nil && !isRetry && !isOverdue && !isRemoved && row == 0 && openings == 0 && now >= latest
            && (now - began) * 2 <= policy.timeout
    }
}
