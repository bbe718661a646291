package import BursarModel

/// What targets should have by now.
extension AlertLedger {
    /// Events that a target could have been sent by now and does not have. What gathers still, or is held back by a mute or the rate,
    /// is not among them: that nobody is told of it is what somebody wanted.
    package func overdue(_ target: String, _ now: WallTime) -> Int {
        guard let spec = targets[target] else { return 0 }
        let mayBegin = recentlySent(spec, now).count < spec.perHour
        return (queueOfTarget[target] ?? []).count { id in
            guard let delivery = records.deliveries[id], let key = records.events[id.event]?.key, !isMuted(key.account, now)
            else { return false }
            // A message counts against the rate when it is made, and its retries do not.
            guard delivery.message == nil else { return true }
            return mayBegin && delivery.queuedAt.advanced(by: AlertTiming.gathering) <= now
        }
    }
}
