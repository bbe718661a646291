import BursarCatalog
import BursarEngine
import BursarInsight
import BursarModel
import BursarUpstream

/// Why a row says what it says, until when, and what to do: in our own words, with no upstream text and no credential. *Value.* Pure.
struct Explanation: Sendable {
    /// One sentence: what is the case.
    let cause: String
    /// One sentence: when it ends, by itself or not.
    let ends: String
    let endsAt: WallTime?
    /// One sentence: what somebody can do.
    let remedy: String

    init(_ facts: Facts) {
        if let problem = facts.view.problem {
            (cause, remedy) = Self.words(for: problem, facts)
        } else if facts.view.reading == nil {
            cause = "Nobody has asked for this account since the gateway started."
            remedy = "Ask for it: GET /v1/balances/\(facts.id.provider)/\(facts.id.account)."
        } else if facts.view.status == .stale {
            cause = "The reading is past its ttl, and nobody has asked since."
            remedy =
                "Ask again; with Cache-Control: no-cache the answer waits for a newer reading. refresh: keeps it fresh by itself."
        } else if facts.isUsedUp {
            cause = "Nothing is left: the provider says so in its newest answer."
            remedy = "Top the account up at the provider\(facts.shop)."
        } else if facts.isLow {
            cause = "The reading is fresh, and the balance is low."
            remedy = "Top the account up at the provider\(facts.shop), or change low: in the configuration."
        } else {
            cause = "The reading is fresh."
            remedy = "There is nothing to do."
        }
        (ends, endsAt) = Self.end(facts)
    }

    /// What an explanation is made of. *Value.*
    struct Facts: Sendable {
        let id: AccountID
        let title: String
        let view: AccountView
        let status: CredentialStatus?
        let lowLimit: ExactDecimal?
        /// `${env:NAME}`: where the key comes from, never the key.
        let keySource: String
        let documentation: String?
        /// Where credit is bought.
        let topUp: String?
        let now: Moment

        var page: String { documentation.map { " (\($0))" } ?? "" }
        /// The page of the provider where credit is bought, else the one that says how.
        var shop: String { (topUp ?? documentation).map { " (\($0))" } ?? "" }
        var available: ExactDecimal? { view.reading?.available?.value }
        var isUsedUp: Bool { available.map { $0 <= .zero } ?? false }
        var isLow: Bool {
            BalanceRow(id: id, title: title, lowLimit: lowLimit, view: view).low ?? false
        }
        var isBudgetSpent: Bool { status?.budgetLeft == 0 }
    }

    private static func words(for problem: Problem, _ facts: Facts) -> (cause: String, remedy: String) {
        let status = problem.upstreamStatus.map { " (HTTP \($0))" } ?? ""
        let because = problem.reason.map { ": \($0)" } ?? ""
        let clear = "DELETE /v1/cooldowns/\(facts.id.provider)/\(facts.id.account) lets it be asked at once"
        switch problem.code {
        case .unauthorized:
            return (
                "\(facts.title) rejected the key\(status)\(because).",
                "Put a valid key where this one comes from, \(facts.keySource), and reload; then \(clear)."
            )
        case .forbidden:
            return (
                "\(facts.title) knows the key and refuses it this question\(status)\(because).",
                "Give the key, from \(facts.keySource), the right to read the balance at the provider\(facts.page); then \(clear)."
            )
        case .rateLimited:
            if facts.view.hold == nil, facts.isBudgetSpent {
                return (
                    "The share of the provider's documented limit that this gateway takes is used up.",
                    "Wait, or ask less often: a longer ttl: or refresh:."
                )
            }
            return (
                "\(facts.title) asked to wait\(status)\(because).",
                "Wait: it is asked again by itself. If it comes back, something else uses the same key, or ttl: is too short."
            )
        case .timeout:
            return (
                "\(facts.title) did not answer in time.",
                "Wait, or give it longer: timeout:. A late answer is still taken in."
            )
        case .unreachable:
            return (
                "\(facts.title) could not be reached\(because): no connection, no name, or no TLS.",
                "Look at the network, the proxy and base_url: from the gateway's machine; the log has the reason of each call."
            )
        case .upstreamError:
            return (
                "\(facts.title) answered with an error\(status)\(because).",
                "Wait: it is asked again with growing pauses. If it lasts, ask the provider\(facts.page)."
            )
        case .invalidResponse:
            return (
                "\(facts.title) answered something else than it documents\(status)\(because).",
                "Compare the answer with the definition\(facts.page): the provider may have changed it, or base_url: leads elsewhere."
            )
        case .circuitOpen:
            let last = facts.status?.lastFailure.map { " The last one was \($0.code.rawValue)." } ?? ""
            return (
                "Too many calls in a row failed, so \(facts.title) is not asked for a while.\(last)",
                "End what makes the calls fail; then \(clear)."
            )
        }
    }

    private static func end(_ facts: Facts) -> (String, WallTime?) {
        if let hold = facts.view.hold ?? facts.status?.hold, hold.isRunning(at: facts.now.monotonic) {
            let left = Words.short(facts.now.monotonic.duration(to: hold.until.monotonic) + .milliseconds(999))
            switch hold.kind {
            case .rejectedKey:
                return ("It does not end by itself; the same key is tried again in \(left).", hold.until.wall)
            case .cooldown: return ("The cooldown ends in \(left).", hold.until.wall)
            case .backoff: return ("The pause after the failure ends in \(left).", hold.until.wall)
            case .openCircuit: return ("One call tries again in \(left).", hold.until.wall)
            }
        }
        if let retryAt = facts.view.problem?.retryAt, retryAt > facts.now.wall {
            return ("It is asked again in \(Words.short(facts.now.wall.duration(to: retryAt) + .milliseconds(999))).", retryAt)
        }
        if facts.view.problem != nil { return ("The next request asks again.", nil) }
        if facts.view.status == .fresh, let end = facts.view.expiresAt {
            let left = max(.zero, facts.now.monotonic.duration(to: end.monotonic))
            return ("It is fresh for another \(Words.short(left + .milliseconds(999))).", end.wall)
        }
        return ("The next request asks the provider.", nil)
    }
}
