package import BursarModel

/// Which accounts somebody watches, when the row of each has to be looked at again, and when its provider is asked. *Value.* Pure: the
/// clock is an argument.
///
/// A row changes by an event, of which the plan is told, or by time alone: a reading grows stale. A subscriber is somebody who asks:
/// while there is one, an account is asked for when its ttl is over, or when a cooldown is, and not before. What may be asked, the
/// refresh machine decides as for every caller.
package struct StreamPlan: Sendable {
    /// An account whose row has to be looked at. *Value.*
    package struct Due: Equatable, Sendable {
        package let position: Int
        /// Its provider is asked first.
        package let asks: Bool
        /// An event changed it; else time did, at the most.
        package let isChanged: Bool
    }

    /// What a look at a row found. *Value.*
    package struct Look: Sendable {
        let status: RowStatus
        /// The row changes by time alone then.
        let validUntil: MonotonicTime
        let expiresAt: MonotonicTime?
        /// Until when asking would be in vain, where something forbids it.
        let quietUntil: MonotonicTime?
        let ttl: Duration

        package init(
            status: RowStatus, validUntil: MonotonicTime, expiresAt: MonotonicTime?, quietUntil: MonotonicTime?, ttl: Duration
        ) {
            self.status = status
            self.validUntil = validUntil
            self.expiresAt = expiresAt
            self.quietUntil = quietUntil
            self.ttl = ttl
        }
    }

    private struct Account {
        var watchers = 0
        var askers = 0
        var isChanged = false
        var lookAt = MonotonicTime.distantFuture
        var askAt = MonotonicTime.distantFuture
        var askedAt: MonotonicTime?
    }

    /// A ttl below this is for callers: a stream would ask without a pause.
    package static let shortestTTL = Duration.seconds(1)

    private var accounts: [Account]

    /// - Parameter count: of the accounts of a configuration; they are known by their position.
    package init(count: Int) { accounts = Array(repeating: Account(), count: count) }

    /// A view is watched from here on, or `by: -1` no more.
    package mutating func watched(_ positions: [Int], by count: Int = 1) {
        for position in positions { accounts[position].watchers += count }
    }

    /// Somebody who watches wants the accounts fresh, or no more.
    package mutating func asked(_ positions: [Int], by count: Int = 1) {
        for position in positions { accounts[position].askers += count }
    }

    /// The reading behind a row changed.
    package mutating func changed(_ position: Int) {
        if accounts[position].watchers > 0 { accounts[position].isChanged = true }
    }

    /// The accounts to look at now, at most so many; ``looked(_:_:now:)`` follows for each.
    package mutating func due(at now: MonotonicTime, most: Int) -> [Due] {
        var due: [Due] = []
        for position in accounts.indices where due.count < most {
            let account = accounts[position]
            guard account.watchers > 0 else { continue }
            let asks = account.askers > 0 && account.askAt <= now
            guard account.isChanged || asks || account.lookAt <= now else { continue }
            due.append(Due(position: position, asks: asks, isChanged: account.isChanged))
            accounts[position].isChanged = false
            accounts[position].lookAt = .distantFuture
            accounts[position].askAt = .distantFuture
            if asks { accounts[position].askedAt = now }
        }
        return due
    }

    package mutating func looked(_ position: Int, _ look: Look, now: MonotonicTime) {
        accounts[position].lookAt = look.validUntil
        let isHeldBack = look.status != .fresh && look.quietUntil.map { $0 > now } ?? false
        let pause = isHeldBack ? Self.shortestTTL : max(look.ttl, Self.shortestTTL)
        let wish = look.status == .fresh ? look.expiresAt ?? now : isHeldBack ? look.quietUntil ?? now : now
        accounts[position].askAt = max(wish, accounts[position].askedAt?.advanced(by: pause) ?? wish)
    }

    /// The row grew stale while its provider is being asked: what comes of that is waited for.
    package mutating func postponed(_ position: Int, to time: MonotonicTime) { accounts[position].lookAt = time }

    /// When ``due(at:most:)`` has something again; nil: when an event comes.
    package func next(after now: MonotonicTime) -> MonotonicTime? {
        var first = MonotonicTime.distantFuture
        for account in accounts where account.watchers > 0 {
            if account.isChanged { return now }
            first = min(first, account.lookAt, account.askers > 0 ? account.askAt : .distantFuture)
        }
        return first == .distantFuture ? nil : first
    }
}
