import BursarCatalog
import BursarEngine
import BursarInsight
import BursarModel
import BursarText
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
            (cause, remedy) = facts.withWhatWasRead(Self.words(for: problem, facts))
        } else if facts.view.status != .fresh {
            (cause, remedy) = facts.withWhatWasRead(Self.wordsForNoNewerReading(facts))
        } else if facts.isUsedUp {
            cause = "Nothing is left: the provider says so in its newest answer."
            remedy = "Top the account up at the provider\(facts.shop)."
        } else if facts.isLow {
            cause = "The reading is fresh, and the balance is low."
            remedy = "Top the account up at the provider\(facts.shop), or change low: in the configuration."
        } else if let need = facts.need {
            (cause, remedy) = need
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
        /// The conditions of the rules that fire.
        var firing: [AlertRule.Condition] = []
        /// Of the row's own unit; nil where nobody asked for it.
        var runway: Runway?
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

    /// What stands between an account and a newer reading where no call failed.
    private static func wordsForNoNewerReading(_ facts: Facts) -> (cause: String, remedy: String) {
        let isNew = facts.view.reading == nil && facts.status?.lastSuccess == nil
        let reading = facts.view.reading == nil ? "There is no reading that may be shown" : "The reading is past its ttl"
        if facts.view.isRefreshing {
            let cause = isNew ? "The provider is being asked for the first time." : "\(reading), and the provider is being asked."
            return (cause, "Wait for its answer.")
        }
        if facts.isBudgetSpent { return ("\(reading), and \(budgetSpent).", budgetRemedy) }
        if isNew {
            return (
                "Nobody has asked for this account since the gateway started.",
                "Ask for it: GET /v1/balances/\(facts.id.provider)/\(facts.id.account)."
            )
        }
        return (
            "\(reading), and the provider was not asked since.",
            "Ask again; with Cache-Control: no-cache the answer waits for a newer reading. refresh: keeps it fresh by itself."
        )
    }

    private static let budgetSpent = "the share of the provider's documented limit that this gateway takes is used up"
    private static let budgetRemedy = "Wait, or ask less often: a longer ttl: or refresh:."

    private static func words(for problem: Problem, _ facts: Facts) -> (cause: String, remedy: String) {
        let status = problem.upstreamStatus.map { " (HTTP \($0))" } ?? ""
        let because = problem.reason.map { ": " + Words.spoken($0) } ?? ""
        let clear = "`bursar retry \(facts.id)` asks at once (DELETE /v1/cooldowns/\(facts.id.provider)/\(facts.id.account))"
        switch problem.code {
        case .unauthorized:
            return (
                "\(facts.title) rejected the key\(status)\(because).",
                "Put a valid key where this one comes from, \(facts.keySource), and reload: another key is asked with at once. "
                    + "Where the provider accepts this one again, \(clear)."
            )
        case .forbidden:
            return (
                "\(facts.title) knows the key and refuses it this question\(status)\(because).",
                "Give the key, from \(facts.keySource), the right to read the balance at the provider\(facts.page); then \(clear)."
            )
        case .rateLimited:
            if facts.view.hold == nil, facts.isBudgetSpent {
                return ("The" + budgetSpent.dropFirst(3) + ".", budgetRemedy)
            }
            return (
                "\(facts.title) asked to wait\(status)\(because).",
                "Wait: the first request behind that asks again. If it comes back, something else uses the same key, or ttl: is too short."
            )
        case .timeout:
            return (
                "\(facts.title) did not answer in time.",
                "Wait, or give it longer: timeout:. A late answer is still taken in."
            )
        case .unreachable:
            // Only where the reason is not known it is guessed.
            let guess = problem.reason == nil ? ": no connection, no name, or no TLS" : ""
            return (
                "\(facts.title) could not be reached\(because)\(guess).",
                "Look at the network, the proxy and base_url: from the gateway's machine; the log has the reason of each call."
            )
        case .upstreamError where problem.isRedirect:
            return (
                "\(facts.title) answered with a redirect\(status), which is never followed: that would carry the key elsewhere.",
                "Look at base_url:, where the account has one: the redirect's target may be the right one. Else the definition is out "
                    + "of date\(facts.page)."
            )
        case .upstreamError:
            return (
                "\(facts.title) answered with an error\(status)\(because).",
                "Wait: requests ask again, with growing pauses between. If it lasts, ask the provider\(facts.page)."
            )
        case .invalidResponse:
            return (
                "\(facts.title) answered something else than it documents\(status)\(because).",
                "Compare the answer with the definition\(facts.page): the provider may have changed it, or base_url: leads elsewhere."
            )
        case .circuitOpen:
            let open = "Too many calls in a row failed, so \(facts.title) is not asked for a while."
            guard let last = facts.status?.lastFailure, last.code != .circuitOpen else {
                return (open, "End what makes the calls fail; then \(clear).")
            }
            let (cause, remedy) = words(
                for: Problem(code: last.code, upstreamStatus: last.upstreamStatus, reason: last.reason), facts)
            return ("\(open) The last one: \(cause)", "\(remedy) When that is mended, \(clear).")
        }
    }

    /// Nobody is asked without a request, so an end is when one may ask, never that one does.
    private static func end(_ facts: Facts) -> (String, WallTime?) {
        if facts.view.problem == nil, facts.view.status == .fresh, let end = facts.view.expiresAt {
            return ("It is fresh for another \(facts.time(until: end)).", end.wall)
        }
        if let next = facts.status?.nextAttempt, next.monotonic > facts.now.monotonic {
            let left = facts.time(until: next)
            let hold = facts.status?.hold.flatMap { $0.until.monotonic < next.monotonic ? nil : $0 }
            switch hold?.kind {
            case .rejectedKey: return ("It does not end by itself; the same key may be tried again in \(left).", next.wall)
            case .cooldown:
                guard let asked = hold?.hint?.wait, asked > Cooldown.longestHinted else {
                    return ("The cooldown ends in \(left).", next.wall)
                }
                return (
                    "It asked to wait for \(length(asked)). No pause is longer than an hour: one call may try in \(left).",
                    next.wall
                )
            case .backoff: return ("The pause after the failure ends in \(left).", next.wall)
            case .openCircuit: return ("One call may try again in \(left).", next.wall)
            case nil: return ("A request may ask the provider again in \(left).", next.wall)
            }
        }
        if facts.view.isRefreshing { return ("It ends with the call that is under way.", nil) }
        return (facts.view.problem == nil ? "The next request asks the provider." : "The next request asks again.", nil)
    }
}

extension Explanation {
    /// As the provider said it: "68 h" and not "2 d".
    private static func length(_ wait: Duration) -> String {
        let hours = wait.components.seconds / 3_600
        return hours < 240 ? "\(hours) h" : Words.short(wait)
    }
}

extension Problem {
    fileprivate var isRedirect: Bool { upstreamStatus.map { (300..<400).contains($0) } ?? false }
}

extension Explanation.Facts {
    /// What stands in the way of a newer reading hides nothing: an account that was low or used up still is, unless somebody topped it up.
    fileprivate func withWhatWasRead(_ words: (cause: String, remedy: String)) -> (cause: String, remedy: String) {
        guard let fetchedAt = view.fetchedAt, isUsedUp || isLow else { return words }
        let age = Words.age(fetchedAt.wall.duration(to: now.wall))
        let amount = view.reading?.available.map { ", \($0.value) \($0.unit.name)," } ?? ""
        let was = isUsedUp ? "Nothing was left when it was read \(age)." : "It was low\(amount) when it was read \(age)."
        // The same page twice in a breath is one too many.
        let place = words.remedy.contains(shop) ? "" : shop
        return (
            "\(was) \(words.cause)", "\(words.remedy) If nothing was added since, top the account up at the provider\(place)."
        )
    }

    /// What is to be done although the reading is fresh and the balance not low; nil: nothing. A rule that fires has an end that only
    /// credit brings, or time.
    fileprivate var need: (cause: String, remedy: String)? {
        var reasons: [String] = []
        var spendsLess = false
        for condition in firing {
            switch condition {
            case .below: break
            case .runway: spendsLess = true
            // A reading ends these.
            case .unavailable, .toppedUp, .keyRejected: continue
            }
            reasons.append("an alert fires (\(condition.words))")
        }
        if let runway, let end = runway.forecast?.earliest ?? runway.forecast?.notBefore,
            now.wall.duration(to: end) < RowJudgement.shortRunway
        {
            spendsLess = true
            reasons.append("the balance is expected to last \(runway.words(at: now.wall))")
        }
        guard !reasons.isEmpty else { return nil }
        return (
            "The reading is fresh, and \(reasons.joined(separator: ", and ")).",
            "Top the account up at the provider\(shop)" + (spendsLess ? ", or spend less." : ".")
        )
    }

    /// Rounded up to what people read.
    fileprivate func time(until end: Moment) -> String {
        Words.left(max(.zero, now.monotonic.duration(to: end.monotonic)))
    }
}
