import Synchronization

/// All credentials the process knows, for whatever writes text: configured ones until the next configuration, passed-through
/// ones while somebody holds them. *Mutex; any thread.* One per process, made before the first log line.
///
/// Reading takes the lock for the copy of a reference. The index of a changed set is built by whoever scrubs next, and only over the few
/// credentials that came last: those before lie in small layers of their own, which are merged now and then, on no caller's thread.
package final class ScrubberBox: Sendable {
    /// Some fifty microseconds of building is the most that a newly seen credential costs whoever scrubs next.
    private static let recentLimit = 16
    /// Each layer is one search more for every text.
    private static let layerLimit = 4
    /// Released credentials that are still looked for: a caller who comes back with every request costs no new index.
    private static let lingering = 1_024

    private struct Passing {
        let secret: Secret
        var holds: Int
        /// When it was last released, by ``State/clock``.
        var released: UInt64
    }

    private struct State {
        var configured = Scrubber.empty
        var passing: [SecretIdentity: Passing] = [:]
        /// Merged credentials, with an index of their own.
        var settled = Scrubber.empty
        /// Small layers of those that came since the last merge, the oldest first.
        var layers: [Scrubber] = []
        /// Those that came last, and are in no layer yet.
        var recent: [Secret] = []
        var isMerging = false
        /// Everything together; nil after a change, until someone asks.
        var snapshot: Scrubber? = Scrubber.empty
        var clock: UInt64 = 0
    }

    private let state = Mutex(State())
    private let changeCount = Atomic<UInt64>(0)

    private let schedule: @Sendable (_ work: @escaping @Sendable () -> Void) -> Void

    package convenience init() { self.init { work in Task.detached(priority: .utility) { work() } } }

    /// - Parameter schedule: has work done that takes milliseconds; not on the thread that calls it.
    init(schedule: @escaping @Sendable (_ work: @escaping @Sendable () -> Void) -> Void) { self.schedule = schedule }

    /// How often credentials became known: a text that was scrubbed needs it again only when this has moved.
    package var changes: UInt64 { changeCount.load(ordering: .acquiring) }

    /// Replaces the configured credentials: at the start and after a reload. Whatever is not looked for any more should no
    /// longer be in use.
    package func configure(_ secrets: [Secret]) {
        let scrubber = Scrubber(secrets)  // outside the lock: 10,000 take milliseconds
        state.withLock {
            $0.configured = scrubber
            $0.snapshot = nil
            changeCount.wrappingAdd(1, ordering: .releasing)
        }
    }

    /// Looks for `secret` too, from now until the last hold on it is gone (and a while longer).
    package func hold(_ secret: Secret) -> SecretHold {
        let identity = SecretIdentity(secret)
        let mustMerge = state.withLock { state in
            if state.passing[identity] != nil {
                state.passing[identity]?.holds += 1
            } else {
                state.passing[identity] = Passing(secret: secret, holds: 1, released: 0)
                state.recent.append(secret)
                state.snapshot = nil
                changeCount.wrappingAdd(1, ordering: .releasing)
                if state.recent.count >= Self.recentLimit {
                    state.layers.append(Scrubber(state.recent))
                    state.recent = []
                }
            }
            guard state.layers.count > Self.layerLimit, !state.isMerging else { return false }
            state.isMerging = true
            return true
        }
        if mustMerge { schedule { [weak self] in self?.merge() } }
        return SecretHold(box: self, identity: identity)
    }

    fileprivate func release(_ identity: SecretIdentity) {
        state.withLock { state in
            state.clock += 1
            state.passing[identity]?.holds -= 1
            state.passing[identity]?.released = state.clock
        }
    }

    /// Files everything that is held, and what was released last, in one layer; forgets the rest. The index is built outside the lock.
    private func merge() {
        let (secrets, merged) = state.withLock { state in
            let idle = state.passing.filter { $0.value.holds == 0 }.sorted { $0.value.released > $1.value.released }
            for (identity, _) in idle.dropFirst(Self.lingering) { state.passing[identity] = nil }
            return (state.passing.values.map(\.secret), state.layers.count)
        }
        let settled = Scrubber(secrets)
        state.withLock { state in
            state.settled = settled
            // What came meanwhile has layers of its own.
            state.layers.removeFirst(merged)
            state.snapshot = nil
            state.isMerging = false
        }
    }

    /// The configured credentials alone. An upstream body is checked against these and its own call's credential: if it were
    /// checked against every caller's, anyone could blank out a word in others' answers by passing it as a key.
    package var configured: Scrubber { state.withLock { $0.configured } }

    /// Everything that is known now.
    package var current: Scrubber {
        state.withLock { state in
            if let snapshot = state.snapshot { return snapshot }
            let passing = state.layers.reduce(state.settled) { $0.joined($1) }
            let snapshot = state.configured.joined(passing).joined(Scrubber(state.recent))
            state.snapshot = snapshot
            return snapshot
        }
    }

    package func scrub(_ text: String) -> String { current.scrub(text) }
    package func scrub(_ bytes: [UInt8]) -> [UInt8] { current.scrub(bytes) }
}

/// Keeps a passed-through credential known to its ``ScrubberBox`` until the last reference goes. *Immutable; any thread.* A
/// reference and no pair of calls, so that no path can forget the second one.
package final class SecretHold: Sendable {
    private let box: ScrubberBox
    private let identity: SecretIdentity

    fileprivate init(box: ScrubberBox, identity: SecretIdentity) {
        self.box = box
        self.identity = identity
    }

    deinit { box.release(identity) }
}

/// A credential as a key of a table in memory: the same bytes are the same. *Value.* Hashing is seeded per process.
private struct SecretIdentity: Hashable, Sendable {
    private let secret: Secret
    init(_ secret: Secret) { self.secret = secret }

    static func == (left: Self, right: Self) -> Bool { left.secret.constantTimeEquals(right.secret) }
    func hash(into hasher: inout Hasher) { secret.withExposedBytes { hasher.combine(bytes: $0) } }
}
