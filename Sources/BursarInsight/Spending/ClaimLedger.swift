package import BursarModel

/// Who claimed what. *Value;* whoever owns it guards it. Rows never change by claims; guards and further claims count them.
///
/// A claim is active from when it is made until it is released or its ttl ends. Ended ones are forgotten as soon as their ttl ends.
package struct ClaimLedger: Sendable {
    package enum Outcome: Sendable, Equatable {
        /// New. It counts from now on; the owner of the ledger has to keep it before it answers, or to take it back.
        case made(Claim)
        /// The same request again.
        case repeated(Claim)
        /// The same name for another request.
        case conflict
        /// Not enough, or not known to be enough.
        case refused(GuardDecision)
        /// More claims of the account than are kept at a time.
        case full
        /// More of them than one owner may have.
        case shareUsed
    }

    /// Nobody runs so many jobs beside each other on one machine; a caller that does not stop is stopped.
    package static let mostPerAccount = 10_000
    /// Of one client, so that it takes the account from no other. Where there are no clients there is one owner, who may have all.
    package static let mostPerClient = 1_000
    package static let mostDigitsOfKey = 128
    package static let shortestTTL: Duration = .seconds(1)
    package static let longestTTL: Duration = .seconds(86_400)

    private var claims: [String: Claim] = [:]
    private var byKey: [Name: String] = [:]
    private var perAccount: [AccountID: AccountClaims] = [:]
    private var ends = ClaimEnds()
    /// When the newest claim was made that ever was one.
    private var newest: WallTime?

    private struct Name: Hashable {
        let owner: String
        let key: String
    }

    package init(_ claims: [Claim] = []) {
        for claim in claims { insert(claim) }
    }

    /// - Parameters:
    ///   - claim: as it is to be, with an id that nobody has.
    ///   - sharing: the accounts whose balance is this one's, because their key is the same; the claim's own may be among them.
    ///   - decide: judges what is claimed already; called at most once.
    package mutating func claim(
        _ claim: Claim, sharing: [AccountID] = [], now: WallTime, decide: (_ claimed: ExactDecimal) -> GuardDecision
    ) -> Outcome {
        settle(now)
        expire(now)
        if let id = byKey[Name(owner: claim.owner, key: claim.key)], let earlier = claims[id] {
            let isSame = earlier.answers(
                claim.account, claim.amount, claim.unit, ttl: claim.madeAt.duration(to: claim.expiresAt))
            return isSame ? .repeated(earlier) : .conflict
        }
        guard perAccount[claim.account]?.ids.count ?? 0 < Self.mostPerAccount else { return .full }
        let own = perAccount[claim.account]?.count(of: claim.owner) ?? 0
        guard claim.owner.isEmpty || own < Self.mostPerClient else { return .shareUsed }
        guard let claimed = claimed([claim.account] + sharing, claim.unit, now) else {
            return .refused(
                GuardDecision(needs: claim.amount, have: nil, claimed: .zero, isReadable: true, isFreshEnough: true))
        }
        let decision = decide(claimed)
        guard decision.answer == .yes else { return .refused(decision) }
        insert(claim)
        return .made(claim)
    }

    /// What was claimed under a name and has not ended; nil: nothing.
    package func earlier(owner: String, key: String, _ now: WallTime) -> Claim? {
        byKey[Name(owner: owner, key: key)].flatMap { claim(id: $0, now) }
    }

    /// What is claimed of a unit, of one balance under all its names; nil beyond 38 digits.
    package func claimed(_ accounts: [AccountID], _ unit: AmountUnit, _ now: WallTime) -> ExactDecimal? {
        let accounts = Set(accounts)
        var sum = ExactDecimal.zero
        for account in accounts {
            guard let part = perAccount[account]?.total(of: unit) ?? scanned(account, unit, now), let more = sum.adding(part)
            else { return nil }
            sum = more
        }
        // What has ended and is not forgotten yet is still a part of the sums.
        for claim in ends.ended(by: now).compactMap({ claims[$0] })
        where claim.unit == unit && !claim.isReleased && now >= claim.expiresAt && accounts.contains(claim.account) {
            if perAccount[claim.account]?.total(of: unit) == nil { continue }
            guard let rest = sum.subtracting(claim.counted) else { return nil }
            sum = rest
        }
        return sum
    }

    /// The long way, for a sum that did not fit once: perhaps it does by now.
    private func scanned(_ account: AccountID, _ unit: AmountUnit, _ now: WallTime) -> ExactDecimal? {
        var sum = ExactDecimal.zero
        for claim in (perAccount[account]?.ids ?? []).compactMap({ claims[$0] }) where claim.unit == unit && claim.isActive(now) {
            guard let more = sum.adding(claim.counted) else { return nil }
            sum = more
        }
        return sum
    }

    /// The active ones of an owner, nil: of everybody, in no order.
    package func active(_ now: WallTime, owner: String? = nil) -> [Claim] {
        claims.values.filter { $0.isActive(now) && (owner == nil || $0.owner == owner) }
    }

    package func claim(id: String, _ now: WallTime) -> Claim? { claims[id].flatMap { now < $0.expiresAt ? $0 : nil } }

    /// Gives it back. Returns it as it is now; nil where there is no such claim.
    package mutating func release(id: String, _ now: WallTime) -> Claim? {
        guard var claim = claim(id: id, now) else { return nil }
        claim.isReleased = true
        restore(claim)
        return claim
    }

    /// Takes back what could not be kept.
    package mutating func remove(_ id: String) {
        guard let claim = claims.removeValue(forKey: id) else { return }
        let name = Name(owner: claim.owner, key: claim.key)
        if byKey[name] == id { byKey[name] = nil }
        perAccount[claim.account]?.remove(claim)
        if perAccount[claim.account]?.isEmpty == true { perAccount[claim.account] = nil }
    }

    /// Puts a claim in the place of the one with its id: as it was, where its release could not be kept.
    package mutating func restore(_ claim: Claim) {
        guard let before = claims.updateValue(claim, forKey: claim.id) else {
            claims[claim.id] = nil
            return
        }
        perAccount[claim.account]?.remove(before)
        perAccount[claim.account]?.insert(claim)
    }

    /// A store has these. What is known here is newer, but for a release, which nothing takes back.
    package mutating func join(_ kept: [Claim]) {
        for claim in kept {
            if var known = claims[claim.id] {
                guard claim.isReleased, !known.isReleased else { continue }
                known.isReleased = true
                restore(known)
                continue
            }
            let name = Name(owner: claim.owner, key: claim.key)
            let newer = byKey[name]
            insert(claim)
            if let newer { byKey[name] = newer }
        }
    }

    /// Whether they count or not.
    package var all: [Claim] { Array(claims.values) }

    /// Whoever looks at the ledger settles it before. What was made while the clock was ahead begins anew where it was set back, so that
    /// its ttl is what was asked for and not that and the hour that the clock was wrong by.
    package mutating func settle(_ now: WallTime) {
        guard let newest, newest > now else { return }
        self.newest = now
        for (id, claim) in claims where claim.madeAt > now { claims[id] = claim.moved(to: now) }
        ends = ClaimEnds()
        for claim in claims.values { ends.insert(claim.id, at: claim.expiresAt) }
    }

    private mutating func insert(_ claim: Claim) {
        claims[claim.id] = claim
        newest = newest.map { max($0, claim.madeAt) } ?? claim.madeAt
        byKey[Name(owner: claim.owner, key: claim.key)] = claim.id
        perAccount[claim.account, default: AccountClaims()].insert(claim)
        ends.insert(claim.id, at: claim.expiresAt)
    }

    /// Forgets what ended.
    package mutating func expire(_ now: WallTime) {
        for id in ends.removeEnded(by: now) where claims[id].map({ now >= $0.expiresAt }) ?? false { remove(id) }
    }
}

extension Claim {
    /// Whether it is what such a request asks for, so that the request repeats the one that made it.
    /// - Parameter unit: nil where the request names none, and means whichever the first one got.
    package func answers(_ account: AccountID, _ amount: ExactDecimal, _ unit: AmountUnit?, ttl: Duration) -> Bool {
        self.account == account && self.amount == amount && (unit == nil || self.unit == unit)
            && madeAt.duration(to: expiresAt) == ttl
    }
}
