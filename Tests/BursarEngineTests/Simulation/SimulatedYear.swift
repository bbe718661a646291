import BursarBasics
import BursarModel

@testable import BursarEngine

/// A year of a gateway's life in seconds: a few providers, a dashboard that polls, people who press reload, restarts. A driver
/// in miniature, whose timers are entries of a list.
struct SimulatedYear {
    struct Account {
        let key: CredentialKey
        let policy: RefreshPolicy
        /// Seconds between the dashboard's polls.
        let poll: Int64
        var provider = SimulatedProvider()
        var call: Call?
        var calls: [Int64] = []
        var callsMade = 0
        var answers = 0
        var answersWithValue = 0
        var mostInWindow = 0
        var overdue = 0
        var lateLandings = 0
        var refusals = 0
        var impatient = 0
    }

    /// A call in flight, with the times at which something will be reported of it.
    struct Call {
        let id: CallID
        let end: Int64
        let result: Result
        var timeout: Int64
        var isOverdue = false

        enum Result {
            case success
            case failure(CallFailure)
        }
    }

    private(set) var accounts: [Account]
    private(set) var broken: [String] = []
    private(set) var restarts = 0
    private var machine: RefreshMachine
    private var random: SplitMix64
    private var now: Int64 = 0
    private var waiters: UInt64 = 0

    static let year: Int64 = 365 * 86_400 * ReferenceModel.second

    init(seed: UInt64) {
        random = SplitMix64(seed: seed)
        machine = RefreshMachine(seed: random.next())
        // What the gateway takes where no limit is documented; Sunor's, a tenth of 120 a minute; and a tight one that always binds.
        let budgets = [(60, 60), (12, 60), (2, 3_600)].map { CallBudget(calls: $0.0, window: .seconds($0.1)) }
        accounts = budgets.enumerated().map { number, budget in
            Account(
                key: Bench.key(UInt8(number + 1)),
                policy: RefreshPolicy(
                    ttl: .seconds(60), staleFor: .seconds(86_400), timeout: .seconds(5), budget: budget),
                poll: [300, 900, 600][number])
        }
    }

    private var moment: Moment {
        Moment(
            monotonic: MonotonicTime(nanoseconds: now),
            wall: WallTime(milliseconds: 1_800_000_000_000 + now / 1_000_000))
    }

    mutating func run(for length: Int64 = year) {
        var polls = accounts.map { _ in Int64(0) }
        while now < length {
            // The next thing that happens: a poll, a timeout, the end of a call.
            var next = length
            for index in accounts.indices {
                next = min(next, polls[index])
                if let call = accounts[index].call { next = min(next, call.isOverdue ? call.end : min(call.timeout, call.end)) }
            }
            now = next
            for index in accounts.indices {
                report(index)
                guard polls[index] <= now else { continue }
                // Now and then somebody's script asks twice a second with no-cache, for a minute.
                if random.below(2_000) == 0 { accounts[index].impatient = 120 }
                let isImpatient = accounts[index].impatient > 0
                ask(index, demand: isImpatient ? .newest : .anyCached)
                accounts[index].impatient -= isImpatient ? 1 : 0
                let pause = isImpatient ? 500_000_000 : accounts[index].poll * ReferenceModel.second
                polls[index] = now + pause / Int64(1 + random.below(3))
            }
            if random.below(20_000) == 0 { restart() }
        }
    }

    private mutating func ask(_ index: Int, demand: Demand) {
        waiters += 1
        let account = accounts[index]
        let action = machine.requested(
            account.key, policy: account.policy, demand: demand, waiter: WaiterID(waiters), now: moment)
        accounts[index].answers += 1
        switch action {
        case .fresh, .stale: accounts[index].answersWithValue += 1
        case .blocked(let view, _): accounts[index].answersWithValue += view.reading == nil ? 0 : 1
        case .start, .join: break
        }
        switch action {
        case .start(let start), .stale(_, let start?): begin(index, start)
        case .fresh, .stale, .join, .blocked: break
        }
    }

    private mutating func begin(_ index: Int, _ start: CallStart) {
        if accounts[index].call != nil { broken.append("two calls in flight") }
        accounts[index].callsMade += 1
        noteBudget(index)
        let end: Int64
        let result: Call.Result
        switch accounts[index].provider.reply(now: now, &random) {
        case .success(let after): (end, result) = (now + after.nanoseconds, .success)
        case .failure(let failure, let after):
            if failure.code == .rateLimited { accounts[index].refusals += 1 }
            (end, result) = (now + after.nanoseconds, .failure(failure))
        case .hang: (end, result) = (now + start.hardDeadline.nanoseconds, .failure(CallFailure(code: .timeout)))
        }
        accounts[index].call = Call(id: start.id, end: end, result: result, timeout: now + start.timeout.nanoseconds)
    }

    private mutating func noteBudget(_ index: Int) {
        guard let budget = accounts[index].policy.budget else { return }
        accounts[index].calls.append(now)
        let window = budget.window.nanoseconds
        accounts[index].calls.removeAll { now - $0 >= window }
        accounts[index].mostInWindow = max(accounts[index].mostInWindow, accounts[index].calls.count)
        if accounts[index].calls.count > budget.calls { broken.append("more calls than the budget") }
    }

    /// What the timers of a driver would report now.
    private mutating func report(_ index: Int) {
        guard let call = accounts[index].call else { return }
        let key = accounts[index].key
        if now >= call.end {
            accounts[index].call = nil
            let action: CompletionAction
            switch call.result {
            case .success:
                if call.isOverdue { accounts[index].lateLandings += 1 }
                action = machine.callSucceeded(key, call: call.id, reading: Bench.reading(now / 1_000_000), now: moment)
            case .failure(let failure):
                action = machine.callFailed(key, call: call.id, failure: failure, now: moment)
            }
            switch action {
            case .settled(_, let view, _):
                if case .failure(let failure) = call.result, failure.code.withholdsStale, view.status != .unavailable {
                    broken.append("a reading after a 401")
                }
            case .retry(let start): begin(index, start)
            case .ignored: broken.append("the end of a call was ignored")
            }
        } else if now >= call.timeout, !call.isOverdue {
            accounts[index].overdue += 1
            accounts[index].call?.isOverdue = true
            if machine.callOverdue(key, call: call.id, now: moment) == .ignored { broken.append("a timeout was ignored") }
        }
    }

    /// The process ends in the middle of whatever it did, and another begins from what was stored.
    private mutating func restart() {
        restarts += 1
        let saved = accounts.map { machine.snapshot($0.key, now: moment) }
        machine = RefreshMachine(seed: random.next())
        for index in accounts.indices {
            if accounts[index].call != nil { accounts[index].provider.answerWasLost() }
            accounts[index].call = nil
            guard let snapshot = saved[index] else { continue }
            if !machine.restored(accounts[index].key, snapshot, policy: accounts[index].policy, now: moment) {
                broken.append("not restored")
            }
            let view = machine.view(accounts[index].key, policy: accounts[index].policy, now: moment)
            if view.status == .fresh { broken.append("fresh after a restart") }
        }
    }
}
