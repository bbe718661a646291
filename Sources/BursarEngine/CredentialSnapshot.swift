package import BursarModel

/// What a store keeps of a credential, and what a restart gives back: wall-clock values only, because a monotonic clock means
/// nothing to the next process. *Value.*
///
/// A driver with a store takes one after each `settled` and `timedOut`, writes it outside the lock under the credential's keyed
/// digest, and gives it to ``RefreshMachine/restored(_:_:policy:now:)`` before the first request. Neither a call in flight nor
/// its waiters survive.
package struct CredentialSnapshot: Sendable, Equatable {
    /// When this was taken.
    package let takenAt: WallTime
    /// Nil together with `fetchedAt`: none was ever held, or a 401 or 403 withdrew it.
    package let reading: Reading?
    package let fetchedAt: WallTime?
    /// The failure that rows tell, if the last call failed; without its reply, and of what a 2xx carries only with the reason, in words.
    package let problem: Problem?
    package let problemAt: WallTime?
    package let hold: SavedHold?
    package let cooldown: Cooldown
    package let backoff: Backoff
    /// Never `halfOpen`: the probe does not survive, so the circuit is open and the next call is the probe.
    package let breaker: Breaker
    /// When the calls that still count against the budget began.
    package let calls: [WallTime]

    package init(
        takenAt: WallTime, reading: Reading?, fetchedAt: WallTime?, problem: Problem?, problemAt: WallTime?,
        hold: SavedHold?, cooldown: Cooldown, backoff: Backoff, breaker: Breaker, calls: [WallTime]
    ) {
        self.takenAt = takenAt
        self.reading = reading
        self.fetchedAt = fetchedAt
        self.problem = problem
        self.problemAt = problemAt
        self.hold = hold
        self.cooldown = cooldown
        self.backoff = backoff
        self.breaker = breaker
        self.calls = calls
    }

    /// All but the reading.
    package var withoutReading: CredentialSnapshot {
        CredentialSnapshot(
            takenAt: takenAt, reading: nil, fetchedAt: nil, problem: problem, problemAt: problemAt, hold: hold,
            cooldown: cooldown, backoff: backoff, breaker: breaker, calls: calls)
    }

    /// A hold as saved. It keeps what was left as well as when it ends: a clock that was set back since would put the end
    /// further away, and what was left bounds that.
    package struct SavedHold: Sendable, Hashable {
        package let kind: Hold.Kind
        package let until: WallTime
        package let left: Duration
        package let hint: CooldownHint?

        package init(kind: Hold.Kind, until: WallTime, left: Duration, hint: CooldownHint?) {
            self.kind = kind
            self.until = until
            self.left = left
            self.hint = hint
        }

        /// What is left at `now`: never more than was left when saved, nor than such a hold can ever last.
        package func left(at now: WallTime) -> Duration { max(.zero, min(now.duration(to: until), left, kind.longest)) }
    }
}

extension CredentialState {
    func snapshot(now: Moment) -> CredentialSnapshot {
        let saved = hold.flatMap { hold -> CredentialSnapshot.SavedHold? in
            guard hold.isRunning(at: now.monotonic) else { return nil }
            let left = now.monotonic.duration(to: hold.until.monotonic)
            // A wall clock of whole milliseconds can lose one when saved and one when read: neither may shorten the hold.
            let until = now.wall.advanced(by: left + .milliseconds(2))
            return .init(kind: hold.kind, until: until, left: left, hint: hold.hint)
        }
        let savedBreaker: Breaker
        switch breaker {
        case .closed, .open: savedBreaker = breaker
        case .halfOpen(let openings): savedBreaker = .open(openings: openings)
        }
        return CredentialSnapshot(
            takenAt: now.wall, reading: held?.reading,
            fetchedAt: held?.fetchedAt.wall,
            problem: problem.map { Problem(code: $0.code, upstreamStatus: $0.upstreamStatus, reason: $0.reason) },
            problemAt: problem?.at.wall,
            hold: saved, cooldown: cooldown, backoff: backoff, breaker: savedBreaker,
            calls: calls.counting(now.monotonic, policy.budget).map(now.wallTime(of:)))
    }

    /// What a store kept, in a new process.
    init(_ snapshot: CredentialSnapshot, policy: RefreshPolicy, now: Moment) {
        self.init(policy: policy)
        if let reading = snapshot.reading, let fetchedAt = snapshot.fetchedAt {
            held = HeldReading(reading: reading, fetchedAt: now.moment(of: fetchedAt), restoredAt: now)
            lastSuccess = held?.fetchedAt
        }
        problem = snapshot.problem.map {
            FailureRecord(
                code: $0.code, upstreamStatus: $0.upstreamStatus, errorReply: nil, reason: $0.reason,
                at: now.moment(of: snapshot.problemAt ?? snapshot.takenAt))
        }
        lastFailure = problem
        hold = snapshot.hold.map { Hold(kind: $0.kind, until: now.advanced(by: $0.left(at: now.wall)), hint: $0.hint) }
        cooldown = snapshot.cooldown
        backoff = snapshot.backoff
        breaker = snapshot.breaker
        calls.restored(snapshot.calls.map { now.moment(of: $0).monotonic })
    }
}

extension Moment {
    /// What the wall clock, as it stands now, showed at a monotonic time.
    func wallTime(of time: MonotonicTime) -> WallTime { wall.advanced(by: monotonic.duration(to: time)) }

    /// The moment of a wall time in the past, as the wall clock stands now. One in the future means that the clock was set
    /// back: then it is taken as now, so that no row tells a time to come and a call still counts against the budget.
    func moment(of wallTime: WallTime) -> Moment {
        let age = max(.zero, wallTime.duration(to: wall))
        return Moment(monotonic: monotonic.advanced(by: .zero - age), wall: min(wallTime, wall))
    }
}
