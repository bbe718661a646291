import BursarModel

/// What a wall clock that was ahead and is set back leaves behind: nothing is silent, or told, for as long as it was ahead.
extension AlertLedger {
    /// What happened in the future happened now, and a mute that was begun in the future begins now, with its own length. When it
    /// was begun is not kept: one of the process before is bounded by the longest mute alone, for it may be right. Messages that wait
    /// tell by themselves: see ``AlertMessage/madeAt``.
    mutating func settle(_ now: WallTime) {
        for (account, until) in records.mutes {
            guard let seen = mutedAt[account] else {
                let longest = now.advanced(by: AlertTiming.longestMute)
                if until > longest { set(mute: account, longest) }
                continue
            }
            let begun = min(seen, now)
            let end = begun.advanced(by: min(seen.duration(to: until), AlertTiming.longestMute))
            if end != until { set(mute: account, end) }
            mutedAt[account] = begun
        }
        for key in firing {
            if let last = records.states[key]?.remindedAt, last > now { update(key) { $0.remindedAt = now } }
        }
        for key in ended {
            guard let last = records.states[key]?.recoveredAt, last > now else { continue }
            update(key) { $0.recoveredAt = now }
            ends[key] = ends[key]?.settled(by: now)
        }
    }
}

extension AlertEvent {
    /// The same, at that time at the latest: a receiver of states takes nothing that begins in the future, or behind its end.
    func settled(by time: WallTime) -> AlertEvent {
        guard at > time else { return self }
        return AlertEvent(
            id: id, kind: kind, key: key, at: time, since: min(since, time), facts: facts, before: before, limit: limit,
            firing: firing, isReminder: isReminder)
    }
}
