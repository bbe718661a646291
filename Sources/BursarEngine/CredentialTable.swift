import BursarModel

/// The credentials by key. Configured ones stay; callers' own are bounded, and the least recently used idle one makes room.
/// *Value*, inside ``RefreshMachine``.
///
/// What a flood of keys must not do is free another key's penalty: an attacker would wash its own key's cooldown away, and the
/// provider would be asked in the time it asked to be left alone. So, in this order:
/// 1. an idle credential that nothing runs for;
/// 2. one whose rejected key, backoff, open circuit or spent budget still counts: these are our caution, not the provider's
///    word, and keys invented to flood the table sit here after their 401;
/// 3. never one that is held since a provider said "later", and never one with a call in flight. With only those left, a new key is refused (`tableFull`):
///    10,240 keys that providers throttle at once are no time for more calls.
///
/// Each class is a list by last use, threaded through the slots, so that making room costs a few steps and not a walk over the
/// table under the lock. Classes change by time alone, so the third list is looked through a few entries at a time.
struct CredentialTable: Sendable {
    private var index: [CredentialKey: Int] = [:]
    private var slots: [Slot] = []
    private var vacant: [Int] = []
    /// By ``EvictionClass/rawValue``.
    private var queues = [Queue](repeating: Queue(), count: EvictionClass.allCases.count)
    private(set) var passThroughCount = 0
    private let limits: MachineLimits

    /// How many cooling entries one request looks at: those it finds still cooling go to the end, so that the next looks at
    /// others.
    private static let coolingLook = 32

    init(limits: MachineLimits) { self.limits = limits }

    private struct Slot: Sendable {
        var key: CredentialKey
        var state: CredentialState
        /// Which list it is in; nil when in none: configured, busy or vacant.
        var queue: EvictionClass?
        var isPassThrough: Bool
        var previous: Int?
        var next: Int?
    }

    private struct Queue: Sendable {
        var first: Int?
        var last: Int?
    }

    private enum EvictionClass: Int, Sendable, CaseIterable {
        case quiet
        case cautious
        case cooling
    }

    func contains(_ key: CredentialKey) -> Bool { index[key] != nil }
    func slot(of key: CredentialKey) -> Int? { index[key] }
    /// Those of these keys, and every caller's own.
    func slots(of keys: Set<CredentialKey>) -> [Int] {
        index.filter { slots[$0.value].isPassThrough || keys.contains($0.key) }.map(\.value)
    }
    var configuredKeys: [CredentialKey] { index.filter { !slots[$0.value].isPassThrough }.map(\.key) }

    /// In place: a state is large, and copying it would copy its sets.
    subscript(slot: Int) -> CredentialState {
        get { slots[slot].state }
        _modify { yield &slots[slot].state }
    }

    /// The slot of a credential, made where there is none; nil when the table is full of credentials that must stay.
    mutating func slot(for key: CredentialKey, policy: RefreshPolicy, now: MonotonicTime) -> Int? {
        if let slot = index[key] { return slot }
        let isPassThrough = policy.residence == .passThrough
        while isPassThrough, passThroughCount >= limits.passThroughCredentials {
            guard makeRoom(now: now) else { return nil }
        }
        let new = Slot(
            key: key, state: CredentialState(policy: policy), queue: nil, isPassThrough: isPassThrough, previous: nil, next: nil)
        let slot: Int
        if let reused = vacant.popLast() {
            slots[reused] = new
            slot = reused
        } else {
            slots.append(new)
            slot = slots.count - 1
        }
        index[key] = slot
        if isPassThrough { passThroughCount += 1 }
        return slot
    }

    /// After each event: forgets a removed credential whose call has ended, and puts a caller's own where it belongs.
    mutating func settle(_ slot: Int, now: MonotonicTime) {
        if slots[slot].state.isRemoved, let queue = evictionClass(slot, now: now) {
            if queue == .quiet { return remove(slot) }
            slots[slot].state.forgetReading()
        }
        let isPassThrough = slots[slot].state.policy.residence == .passThrough
        if isPassThrough != slots[slot].isPassThrough {
            passThroughCount += isPassThrough ? 1 : -1
            slots[slot].isPassThrough = isPassThrough
        }
        unlink(slot)
        if isPassThrough, let queue = evictionClass(slot, now: now) { append(slot, to: queue) }
    }

    mutating func remove(_ slot: Int) {
        unlink(slot)
        index[slots[slot].key] = nil
        if slots[slot].isPassThrough { passThroughCount -= 1 }
        slots[slot].isPassThrough = false
        slots[slot].state = CredentialState(policy: slots[slot].state.policy)  // lets go of the reading
        vacant.append(slot)
    }

    /// Nil while a call is in flight.
    private func evictionClass(_ slot: Int, now: MonotonicTime) -> EvictionClass? {
        let state = slots[slot].state
        guard state.call == .idle else { return nil }
        // Not by the hold's kind: a longer backoff or open circuit may have taken the place of a cooldown that still runs.
        if state.isBlocked(at: now) { return state.cooldown == Cooldown() ? .cautious : .cooling }
        return state.calls.isRunning(now, state.policy.budget) ? .cautious : .quiet
    }

    /// Evicts one; false when none may go.
    private mutating func makeRoom(now: MonotonicTime) -> Bool {
        if let slot = queues[EvictionClass.quiet.rawValue].first ?? queues[EvictionClass.cautious.rawValue].first {
            remove(slot)
            return true
        }
        for _ in 0..<Self.coolingLook {
            guard let slot = queues[EvictionClass.cooling.rawValue].first else { return false }
            if evictionClass(slot, now: now) != .cooling {
                remove(slot)
                return true
            }
            unlink(slot)
            append(slot, to: .cooling)
        }
        return false
    }

    // MARK: The lists

    private mutating func append(_ slot: Int, to queue: EvictionClass) {
        let last = queues[queue.rawValue].last
        slots[slot].queue = queue
        slots[slot].previous = last
        slots[slot].next = nil
        if let last { slots[last].next = slot } else { queues[queue.rawValue].first = slot }
        queues[queue.rawValue].last = slot
    }

    private mutating func unlink(_ slot: Int) {
        guard let queue = slots[slot].queue else { return }
        let (previous, next) = (slots[slot].previous, slots[slot].next)
        if let previous { slots[previous].next = next } else { queues[queue.rawValue].first = next }
        if let next { slots[next].previous = previous } else { queues[queue.rawValue].last = previous }
        slots[slot].queue = nil
    }
}
