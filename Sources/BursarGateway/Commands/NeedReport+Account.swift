import BursarCatalog
import BursarModel

extension NeedReport {
    /// A row of a gateway's balances, as far as a need follows from it. *Value.*
    struct AccountRow: Sendable {
        let id: AccountID
        let judgement: RowJudgement
        /// What it shows first: `39 credits`.
        let amount: String?
        /// How long that lasts, in words, while it is being spent.
        let lasts: String?
        /// When it ends at the earliest; the distant future where that is not known.
        let end: WallTime
        private let problem: JSONValue?

        var isBurning: Bool { lasts != nil }

        /// Nil for what is no row.
        init?(_ row: JSONValue, now: WallTime) {
            // Names go into commands that somebody copies.
            guard let provider = row["provider"]?.text.flatMap({ ProviderID($0) }),
                let account = row["account"]?.text.flatMap({ AccountName($0) }),
                let status = row["status"]?.text.flatMap({ RowStatus(rawValue: $0) }), let amounts = row["amounts"]?.elements
            else { return nil }
            id = AccountID(provider: provider, account: account)
            problem = row["problem"].flatMap { $0 == .null ? nil : $0 }
            let available = row["available"]?.text
            amount = Self.shown(row, amounts)
            // Of the unit that the row shows first, as the page.
            let unit = (available == nil ? amounts.first : row)?["unit"]?.text
            let runway = row["runway"]?.elements?.first { $0["unit"]?.text == unit }
            let isBurning = runway?["status"]?.text == "burning"
            let earliest = NeedReport.time(runway?["earliest"])
            lasts = isBurning ? runway?["words"]?.text : nil
            end = earliest ?? NeedReport.time(runway?["not_before"]) ?? WallTime(milliseconds: .max)
            judgement = RowJudgement(
                .init(
                    status: status, hasProblem: problem != nil, isUnread: problem?["reason"]?.text == Problem.notReadYet,
                    available: available.flatMap { ExactDecimal($0) }, isLow: row["low"]?.boolean == true,
                    expiresAt: NeedReport.time(row["expires_at"]), earliestEnd: isBurning ? earliest : nil),
                now: now)
        }

        private static func shown(_ row: JSONValue, _ amounts: [JSONValue]) -> String? {
            if let available = row["available"]?.text {
                return [available, row["unit"]?.text].compactMap(\.self).joined(separator: " ")
            }
            guard let first = amounts.first, let kind = first["kind"]?.text, let value = first["value"]?.text,
                let unit = first["unit"]?.text
            else { return nil }
            return "\(value) \(BalanceTable.Figure(kind, value, unit, part: first["part"]?.text).name)"
        }

        /// Nil where it needs nobody.
        func need(alerts: [String], lastFailure: JSONValue?, now: WallTime) -> Need? {
            let kind: Need.Kind
            var words: String
            let amount = amount ?? "no amount"
            switch judgement.word {
            case .unavailable: (kind, words) = (.unavailable, problemWords(lastFailure, now) ?? "has no balance to show")
            case .empty: (kind, words) = (.empty, "EMPTY \(amount)")
            case .low: (kind, words) = (.low, "LOW \(amount)\(lastsWords)")
            case .runsOut: (kind, words) = (.runsOut, amount + lastsWords)
            case .stale, .well:
                guard !alerts.isEmpty else { return nil }
                (kind, words) = (.alert, amount + lastsWords)
            case .unread:
                guard !alerts.isEmpty else { return nil }
                (kind, words) = (.alert, "nobody has asked for it yet")
            }
            if judgement.isOld { words += ", stale" + (problemWords(lastFailure, now).map { ": \($0)" } ?? "") }
            if !alerts.isEmpty { words += (alerts.count == 1 ? "; alert " : "; alerts ") + alerts.joined(separator: ", ") }
            return Need(about: .account(id), kind: kind, words: words, alerts: alerts, command: "bursar explain \(id)")
        }

        private var lastsWords: String { lasts.map { ", lasts \($0)" } ?? "" }

        /// `Acme cannot be reached (connection refused); asked again in 25 s`.
        private func problemWords(_ lastFailure: JSONValue?, _ now: WallTime) -> String? {
            guard let problem, let word = problem["code"]?.text else { return nil }
            let title = problem["title"]?.text ?? NeedReport.spoken(word)
            // An open circuit says that calls failed; the last one why.
            let cause = word == ProblemCode.circuitOpen.rawValue ? lastFailure ?? problem : problem
            let status = cause["code"]?.text == ProblemCode.upstreamError.rawValue ? cause["upstream_status"]?.integer : nil
            let code = cause == problem || status != nil ? nil : cause["code"]?.text
            let reason = (cause["reason"]?.text ?? code).map(NeedReport.spoken)
            let details = [status.map { "HTTP \($0)" }, reason].compactMap(\.self).filter { !title.contains($0) }
            var words = title + (details.isEmpty ? "" : " (\(details.joined(separator: ", ")))")
            if let again = NeedReport.time(problem["retry_at"]), again > now {
                words += "; asked again in " + Words.short(now.duration(to: again) + .milliseconds(999))
            }
            return words
        }
    }
}
