import BursarBasics
import BursarModel

@testable import BursarEngine

/// One random schedule: a machine with a few credentials, events in random order at random times, and after each event the
/// question whether the machine did what ``ReferenceModel`` says. Stops at the first difference.
final class ScheduleSimulation {
    /// What happened, over many schedules: a check that never ran is a defect of the test.
    struct Tally: Sendable {
        var schedules = 0
        var events = 0
        var counts: [String: Int] = [:]
        var violations: [String] = []

        mutating func add(_ other: Tally) {
            schedules += other.schedules
            events += other.events
            counts.merge(other.counts, uniquingKeysWith: +)
            violations += other.violations
        }
    }

    /// How a schedule ended: nothing else stops it.
    struct Violation: Error { let text: String }

    /// What is needed for all schedules and costs to make.
    struct Supplies: Sendable {
        let keys = (1...5).map { Bench.key($0) }
        let template = Bench.reading()
        let throttled: [(hint: CooldownHint?, told: Int64?)]
        let busy: [(hint: CooldownHint?, told: Int64?)]

        init() {
            throttled = HintSample.all.map { ($0.hint(status: 429), $0.seconds) }
            let retryAfter = HintSample.all.filter { $0.fields["retry-after"] != nil && $0.body.isEmpty }
            busy = retryAfter.map { ($0.hint(status: 503), $0.seconds) }
        }

        func reading(_ mark: Int64) -> Reading {
            Reading(
                amounts: template.amounts, providerSaysLow: nil, asOf: WallTime(milliseconds: mark), reply: template.reply)
        }
    }

    let supplies: Supplies
    var random: SplitMix64
    var machine: RefreshMachine
    var models: [ReferenceModel] = []
    var policies: [RefreshPolicy] = []
    /// Ended or superseded calls, whose reports must be ignored.
    var ended: [(credential: Int, id: CallID)] = []
    var monotonic: Int64 = 1_000_000 * ReferenceModel.second
    var wall: Int64 = 1_800_000_000_000
    var nextWaiter: UInt64 = 1
    var nextMark: Int64 = 1
    let seed: UInt64
    let focus: Int
    let mood: Mood
    var tally = Tally()

    /// The table holds two of the three passed-through credentials, so that they evict each other.
    static let tableSize = 2

    init(seed: UInt64, supplies: Supplies) {
        self.seed = seed
        self.supplies = supplies
        random = SplitMix64(seed: seed)
        machine = RefreshMachine(limits: MachineLimits(passThroughCredentials: Self.tableSize), seed: random.next())
        let usesBudget = random.below(3) == 0
        focus = random.below(supplies.keys.count)
        mood = [.mixed, .mixed, .mixed, .outage, .throttling][random.below(5)]
        let staleFor: Int64 = random.below(4) == 0 ? 10 : 600
        for number in supplies.keys.indices {
            let budget: (calls: Int, window: Int64)? = usesBudget && number % 2 == 0 ? (3, 60 * ReferenceModel.second) : nil
            let model = ReferenceModel.Policy(
                ttl: 30 * ReferenceModel.second, staleFor: staleFor * ReferenceModel.second, timeout: 5 * ReferenceModel.second,
                budget: budget, isConfigured: number < 2)
            models.append(ReferenceModel(policy: model))
            policies.append(
                RefreshPolicy(
                    ttl: .nanoseconds(model.ttl), staleFor: .nanoseconds(model.staleFor), timeout: .nanoseconds(model.timeout),
                    budget: budget.map { CallBudget(calls: $0.calls, window: .nanoseconds($0.window)) },
                    residence: model.isConfigured ? .configured : .passThrough))
        }
    }

    var now: Moment {
        Moment(monotonic: MonotonicTime(nanoseconds: monotonic), wall: WallTime(milliseconds: wall))
    }

    // MARK: Running

    /// Adds to the tally of those before.
    func run(into total: inout Tally) {
        swap(&tally, &total)
        defer { swap(&tally, &total) }
        tally.schedules += 1
        do {
            for _ in 0..<(10 + random.below(11)) { try step() }
            for credential in models.indices where models[credential].flight != nil { try succeed(credential) }
            for model in models where !model.waiting.isEmpty { throw Violation(text: "a waiter was lost") }
        } catch let violation as Violation {
            tally.violations.append("\(violation.text) (BURSAR_SEED=\(seed) BURSAR_ROUNDS=1)")
        } catch {}
    }

    func count(_ what: String) { tally.counts[what, default: 0] += 1 }

    func step() throws {
        tally.events += 1
        // Most of a schedule is about one credential, so that it gets far: five failures in a row, a probe, the next.
        let credential = random.below(3) > 0 ? focus : random.below(supplies.keys.count)
        passTime(near: credential)
        if mood != .mixed, random.below(4) > 0 { return try trouble(credential) }
        switch random.below(100) {
        case 0..<42: try request(credential, demand: random.pick(Self.demands))
        case 42..<48: leave(credential)
        case 48..<60: try succeed(credential)
        case 60..<84:
            let (failure, told) = randomFailure()
            try fail(credential, failure, told: told)
        case 84..<92: try becomeOverdue(credential)
        case 92..<94: try reportEnded()
        case 94..<95: try clear(credential)
        case 95..<96: try remove(credential)
        case 96..<97: try restart()
        default: wall += [-86_400_000, -1_000, 1_000, 86_400_000][random.below(4)]
        }
        try check(credential)
    }

    /// Little, much, or exactly to a nanosecond before, at or after the next deadline: that is where mistakes are.
    func passTime(near credential: Int) {
        let second = ReferenceModel.second
        let step: Int64
        switch random.below(10) {
        case 0...3: step = 0
        case 4: step = 40_000_000
        case 5: step = Int64(random.below(3_000)) * 1_000_000
        case 6: step = Int64(1 + random.below(60)) * second
        case 7: step = [300, 600, 630, 3_600, 7_200][random.below(5)] * second
        default:
            let model = models[credential]
            let deadlines = [model.earliest, model.latest, model.freshUntil, model.freshUntil + model.policy.staleFor]
            step = max(0, deadlines[random.below(4)] &- monotonic) + Int64(random.below(3) - 1)
            guard step < 10_000 * second else { return }
        }
        monotonic += max(0, step)
        wall += max(0, step) / 1_000_000
    }

    /// Most schedules are of everything; some are of one trouble, so that rows of failures get long.
    enum Mood {
        case mixed
        case outage
        case throttling
    }

    /// Nothing but failures of one kind, each as soon as a call may begin.
    func trouble(_ credential: Int) throws {
        if models[credential].flight == nil {
            monotonic = max(monotonic, models[credential].latest)
            try request(credential, demand: .newest)
        } else if mood == .throttling {
            let (hint, told) = random.pick(supplies.throttled)
            try fail(credential, CallFailure(code: .rateLimited, upstreamStatus: 429, hint: hint), told: told)
        } else if random.below(8) > 0 {
            try fail(credential, CallFailure(code: random.pick([.upstreamError, .unreachable, .invalidResponse])), told: nil)
        } else {
            try becomeOverdue(credential)
        }
        try check(credential)
    }
}
