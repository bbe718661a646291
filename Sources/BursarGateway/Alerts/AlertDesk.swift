import BursarCatalog
import BursarConfiguration
import BursarDelivery
import BursarEngine
import BursarInsight
import BursarModel
import BursarProcess
import BursarStore
import BursarUpstream
import Logging
import NIOCore
import Synchronization

/// The one ledger of alerts of a process: what it hears, keeps and sends. *Mutex; any thread.*
///
/// Whoever tells it something leaves that and goes on. A task of its own keeps what changed, and only then sends what is due; each
/// sending is a task, so that no target waits for another. A store that fails is no reason to be silent.
final class AlertDesk: Sendable {
    struct State {
        var ledger: AlertLedger
        var targets: [String: ConfiguredTarget] = [:]
        /// Accounts that somebody wants to be told of, by credential.
        var entries: [CredentialKey: [AccountEntry]] = [:]
        var contexts: [AccountID: AlertWords.Context] = [:]
        /// Accounts whose history was looked at: before that nothing is judged.
        var known: Set<AccountID> = []
        /// The number of the newest change that was heard, by credential.
        var heard: [CredentialKey: UInt64] = [:]
        /// When an account of which only a failure is missing is asked next: see ``AlertDesk/openQuestions(_:_:)``.
        var questions: [AccountID: MonotonicTime] = [:]
        var health: [String: TargetHealth] = [:]
        var sending: [String: Task<Void, Never>] = [:]
        var loop: Task<Void, Never>?
        var timer: (any ScheduledWork)?
        var hasUnkept = false
        /// The write that is under way, and whether it was waited for long enough.
        var write: Task<Void, Never>?
        var isWriteLate = false
        var telling = Telling.telling(knowsBefore: true)
        var isStopped = false

        var isHeld: Bool { telling == .held }
    }

    enum Telling: Equatable {
        /// - Parameter knowsBefore: whether what was told before this process is known.
        case telling(knowsBefore: Bool)
        /// Another process serves with the store, and tells of everything: two would tell it twice.
        case held
    }

    /// A target with what the configuration says of it. *Immutable.*
    struct ConfiguredTarget: Sendable {
        let configuration: TargetConfiguration
        let delivery: DeliveryTarget
    }

    /// How soon what could not be kept is tried again.
    private static let keepAgain: Duration = .seconds(10)
    /// A burst of edges is kept in one transaction.
    private static let shortestSleep: Duration = .milliseconds(50)

    let state: Mutex<State>
    let store: StoreKeeper?
    let refresher: Refresher
    let runways: RunwayBook
    let courier: Courier
    private let commands: CommandTargets
    let clock: any UpstreamClock
    private let keys: CredentialKeys
    let logger: Logger
    /// When this process began, for it.
    let begun: MonotonicTime
    private let wakes: AsyncStream<Void>
    let wake: AsyncStream<Void>.Continuation

    init(
        store: StoreKeeper?, refresher: Refresher, runways: RunwayBook, courier: Courier, clock: any UpstreamClock,
        keys: CredentialKeys, logger: Logger
    ) {
        self.store = store
        self.refresher = refresher
        self.runways = runways
        self.courier = courier
        self.clock = clock
        self.keys = keys
        self.logger = logger
        begun = clock.now.monotonic
        commands = CommandTargets()
        let records = store?.takeAlerts() ?? AlertRecords()
        var state = State(ledger: AlertLedger(records, seed: UInt64.random(in: .min ... .max)))
        state.telling =
            store?.status.fault?.reason == .inUse ? .held : .telling(knowsBefore: store?.knewAlerts ?? true)
        self.state = Mutex(state)
        (wakes, wake) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
        if let store { remember(store) }
    }
}

// MARK: - The life of the process

extension AlertDesk {
    /// Begins, or goes on with another configuration.
    func follow(_ configuration: Configuration, _ directory: AccountDirectory) {
        let told = directory.entries.filter { !$0.alerts.isEmpty }
        let targets = configuration.targets.map { target in
            ConfiguredTarget(configuration: target, delivery: DeliveryTarget(target, commands: commands))
        }
        let specs = targets.map { target in
            AlertTarget(
                name: target.configuration.name, takesStates: target.delivery.takesStates,
                perHour: target.configuration.perHour, fingerprint: keys.fingerprint(of: target.configuration))
        }
        let (new, mustTellHeld) = state.withLock { state -> ([AccountEntry], Bool) in
            guard !state.isStopped else { return ([], false) }
            let mustTellHeld = state.isHeld && state.targets.isEmpty && !targets.isEmpty
            state.targets = Dictionary(targets.map { ($0.configuration.name, $0) }, uniquingKeysWith: { first, _ in first })
            let keys = Dictionary(
                state.entries.flatMap { key, entries in entries.map { ($0.id, key) } }, uniquingKeysWith: { first, _ in first })
            state.entries = Dictionary(grouping: told, by: \.upstream.key)
            state.contexts = Dictionary(told.map { ($0.id, AlertWords.Context($0)) }, uniquingKeysWith: { first, _ in first })
            state.ledger.configure(
                rules: Dictionary(told.map { ($0.id, $0.alerts) }, uniquingKeysWith: { first, _ in first }), targets: specs)
            for entry in told where keys[entry.id].map({ $0 != entry.upstream.key }) ?? false {
                state.ledger.keyReplaced(entry.id)
            }
            state.health = state.health.filter { state.targets[$0.key] != nil }
            state.known.formIntersection(told.map(\.id))
            state.heard = state.heard.filter { state.entries[$0.key] != nil }
            if state.loop == nil, !specs.isEmpty { state.loop = Task { await self.run() } }
            return (told.filter { !state.known.contains($0.id) }, mustTellHeld)
        }
        if mustTellHeld { tellHeld() }
        if !new.isEmpty { Task { await self.learn(new) } }
        wake.yield()
    }

    /// Sends nothing more, waits a moment for what is under way, and keeps what is known.
    func stop() async {
        let (loop, sending) = state.withLock { state in
            state.isStopped = true
            state.timer?.cancel()
            defer { state.loop = nil }
            return (state.loop, Array(state.sending.values))
        }
        commands.stop()
        wake.finish()
        loop?.cancel()
        await Patience.wait(until: .now() + .seconds(1)) { for task in sending { await task.value } }
        for task in sending { task.cancel() }
        courier.shutdown()
        await keep()
    }
}

// MARK: - Keeping and sending

extension AlertDesk {
    private func run() async {
        for await _ in wakes {
            // What comes together is kept together: of real time, because no deadline follows from it. Cancelled: the desk stops.
            guard (try? await Task.sleep(for: Self.shortestSleep)) != nil else { return }
            await turn()
        }
    }

    private func turn() async {
        let now = clock.now
        let (due, questions) = state.withLock { state -> ([AlertDispatch], [AccountEntry]) in
            guard !state.isStopped, !state.isHeld else { return ([], []) }
            state.ledger.tick(now.wall)
            return (state.ledger.takeDue(now.wall), Self.openQuestions(&state, now))
        }
        await keep()
        for dispatch in due { send(dispatch) }
        ask(questions)
        schedule()
    }

    private func send(_ dispatch: AlertDispatch) {
        let now = clock.now.wall
        state.withLock { state in
            guard !state.isStopped else { return }
            guard let target = state.targets[dispatch.target] else {
                // Named no longer since it was taken. It may be named again, and must not be under way then.
                let outcome = AlertOutcome.failed(reason: AlertOutcome.cancelled, mayHaveArrived: false, retryAfter: nil)
                state.ledger.finished(dispatch.target, outcome, now: now)
                return
            }
            let contexts = state.contexts
            state.sending[dispatch.target] = Task.detached { [courier, runways] in
                let outcome = await courier.deliver(dispatch, to: target.delivery) { account in
                    contexts[account]?.lasting(runways.lasting(account, now), lastRead: self.lastRead(account))
                }
                self.ended(dispatch, outcome)
            }
        }
    }

    private func ended(_ dispatch: AlertDispatch, _ outcome: AlertOutcome) {
        let now = clock.now.wall
        let (change, isGivenUp) = state.withLock { state -> (TargetHealth.Change?, Bool) in
            state.sending[dispatch.target] = nil
            // Cut off by the stop: whether it arrived nobody knows, and the next process tries again under the same id.
            guard !state.isStopped || outcome == .delivered else { return (nil, false) }
            let before = state.ledger.givenUp[dispatch.target]
            let taken = state.ledger.finished(dispatch.target, outcome, now: now)
            let change = state.health[dispatch.target, default: TargetHealth()].ended(taken, at: now)
            return (change, state.ledger.givenUp[dispatch.target] != before)
        }
        if let change { tell(change, dispatch.target) }
        if isGivenUp {
            logger.error(
                "alerts: a message is given up after its last attempt", metadata: ["target": "\(dispatch.target)"])
        }
        wake.yield()
    }

    func tell(_ change: TargetHealth.Change, _ target: String) {
        switch change {
        case .failing(let reason):
            logger.warning("alerts: a target fails", metadata: ["target": "\(target)", "reason": "\(reason)"])
        case .gone(let status):
            logger.error(
                "alerts: a target is gone, and is left alone until its configuration changes or bursar alert test reaches it",
                metadata: ["target": "\(target)", "status": "\(status)"])
        case .recovered: logger.notice("alerts: a target takes messages again", metadata: ["target": "\(target)"])
        }
    }

    private func schedule() {
        let now = clock.now
        state.withLock { state in
            guard !state.isStopped else { return }
            state.timer?.cancel()
            state.timer = nil
            guard !state.isHeld else { return }
            var next = state.ledger.nextWake(now.wall)
            if state.hasUnkept {
                next = min(next ?? now.wall.advanced(by: Self.keepAgain), now.wall.advanced(by: Self.keepAgain))
            }
            if let question = Self.nextQuestion(state, now) { next = min(next ?? question, question) }
            guard let next else { return }
            // The wall clock may be set: it is looked at again now and then.
            let wait = min(max(now.wall.duration(to: next), Self.shortestSleep), .seconds(60))
            let wake = wake
            state.timer = clock.schedule(at: now.monotonic.advanced(by: wait)) { wake.yield() }
        }
    }
}
