/// An amount of an account that somebody is about to spend. *Value.*
package struct Claim: Sendable, Equatable {
    /// Digits behind the point: as many as any money has. Each one more takes one from the balances that it can be counted against.
    package static let mostDecimals = 18

    package let id: String
    package let account: AccountID
    package let unit: AmountUnit
    package let amount: ExactDecimal
    /// Who claimed it: a client's name, or "" where there are no clients.
    package let owner: String
    /// What the owner named the request by; a repeat of it is the same claim.
    package let key: String
    package let madeAt: WallTime
    package let expiresAt: WallTime
    /// Given back before its end. It is remembered until then, for a repeat of the request.
    package var isReleased: Bool

    package init(
        id: String, account: AccountID, unit: AmountUnit, amount: ExactDecimal, owner: String, key: String, madeAt: WallTime,
        expiresAt: WallTime, isReleased: Bool = false
    ) {
        self.id = id
        self.account = account
        self.unit = unit
        self.amount = amount
        self.owner = owner
        self.key = key
        self.madeAt = madeAt
        self.expiresAt = expiresAt
        self.isReleased = isReleased
    }

    /// The same with as long to live, from another moment on.
    package func moved(to time: WallTime) -> Claim {
        Claim(
            id: id, account: account, unit: unit, amount: amount, owner: owner, key: key, madeAt: time,
            expiresAt: time.advanced(by: madeAt.duration(to: expiresAt)), isReleased: isReleased)
    }

    package func isActive(_ now: WallTime) -> Bool { !isReleased && now < expiresAt }
}
