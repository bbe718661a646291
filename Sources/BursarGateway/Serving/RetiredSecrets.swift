import BursarConfiguration
import BursarModel

/// Credentials that a reload took away and that calls under way may still carry: what leaves is searched for them, too. *Value.*
struct RetiredSecrets {
    /// Longer than any call may take (`timeout`, at most five minutes), with its time to be cancelled.
    static let time = Duration.seconds(600)
    /// Somebody who changes ten thousand keys each minute keeps the last of them.
    static let most = 20_000

    private var entries: [(secret: Secret, until: MonotonicTime)] = []

    var secrets: [Secret] { entries.map(\.secret) }

    /// Takes what the old configuration has and the new one lacks, and lets go of what nothing can use any more.
    mutating func retire(_ old: Configuration, for new: Configuration, now: Moment) {
        entries.removeAll { $0.until < now.monotonic }
        let kept = Dictionary(grouping: new.namedSecrets, by: \.name)
        let until = now.monotonic.advanced(by: Self.time)
        for (name, secret) in old.namedSecrets where !(kept[name] ?? []).contains(where: { $0.secret.constantTimeEquals(secret) })
        {
            entries.append((secret, until))
        }
        if entries.count > Self.most { entries.removeFirst(entries.count - Self.most) }
    }
}
