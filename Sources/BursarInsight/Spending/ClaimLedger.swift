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
        /// More claims than are kept at a time.
        case full
    }

    /// Nobody runs so many jobs beside each other on one machine; a caller that does not stop is stopped.
    package static let mostPerAccount = 10_000
    package static let mostDigitsOfKey = 128
    package static let shortestTTL: Duration = .seconds(1)
    package static let longestTTL: Duration = .seconds(86_400)

    private var claims: [String: Claim] = [:]
    private var byKey: [Name: String] = [:]
    private var perAccount: [AccountID: Set<String>] = [:]
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
        expire(now, account: claim.account)
        if let id = byKey[Name(owner: claim.owner, key: claim.key)], let earlier = claims[id] {
            guard now < earlier.expiresAt else {
                remove(id)
                return self.claim(claim, sharing: sharing, now: now, decide: decide)
            }
            let isSame = earlier.answers(
                claim.account, claim.amount, claim.unit, ttl: claim.madeAt.duration(to: claim.expiresAt))
            return isSame ? .repeated(earlier) : .conflict
        }
        guard perAccount[claim.account, default: []].count < Self.mostPerAccount else { return .full }
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
        var sum = ExactDecimal.zero
        for id in Set(accounts).flatMap({ perAccount[$0, default: []] }) {
            guard let claim = claims[id], claim.unit == unit, claim.isActive(now) else { continue }
            guard let more = sum.adding(claim.amount) else { return nil }
            sum = more
        }
        return sum
    }

    /// Active ones, the oldest first.
    package func active(_ now: WallTime) -> [Claim] {
        claims.values.filter { $0.isActive(now) }.sorted { ($0.madeAt, $0.id) < ($1.madeAt, $1.id) }
    }

    package func claim(id: String, _ now: WallTime) -> Claim? { claims[id].flatMap { now < $0.expiresAt ? $0 : nil } }

    /// Gives it back. Returns it as it is now; nil where there is no such claim.
    package mutating func release(id: String, _ now: WallTime) -> Claim? {
        guard var claim = claim(id: id, now) else { return nil }
        claim.isReleased = true
        claims[id] = claim
        return claim
    }

    /// Takes back what could not be kept.
    package mutating func remove(_ id: String) {
        guard let claim = claims.removeValue(forKey: id) else { return }
        let name = Name(owner: claim.owner, key: claim.key)
        if byKey[name] == id { byKey[name] = nil }
        perAccount[claim.account]?.remove(id)
        if perAccount[claim.account]?.isEmpty == true { perAccount[claim.account] = nil }
    }

    /// Puts back a claim as it was, where its release could not be kept.
    package mutating func restore(_ claim: Claim) {
        if claims[claim.id] != nil { claims[claim.id] = claim }
    }

    /// A store has these. What is known here is newer, but for a release, which nothing takes back.
    package mutating func join(_ kept: [Claim]) {
        for claim in kept {
            if claims[claim.id] != nil {
                if claim.isReleased { claims[claim.id]?.isReleased = true }
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
    }

    private mutating func insert(_ claim: Claim) {
        claims[claim.id] = claim
        newest = newest.map { max($0, claim.madeAt) } ?? claim.madeAt
        byKey[Name(owner: claim.owner, key: claim.key)] = claim.id
        perAccount[claim.account, default: []].insert(claim.id)
    }

    /// Forgets what ended.
    package mutating func expire(_ now: WallTime, account: AccountID? = nil) {
        let ids = account.map { Array(perAccount[$0, default: []]) } ?? Array(claims.keys)
        for id in ids where claims[id].map({ now >= $0.expiresAt }) ?? false { remove(id) }
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
