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
            // Where the own amount is not known, no other available one may stand in its place: as on the page.
            let other = amounts.first.flatMap { $0["kind"]?.text == AmountKind.available.rawValue ? nil : $0 }
            amount = Self.shown(row, other)
            let unit = (available == nil ? other : row)?["unit"]?.text
            let runway = row["runway"]?.elements?.first { $0["unit"]?.text == unit }
            let isBurning = runway?["status"]?.text == "burning"
            let earliest = runway?["earliest"]?.time
            lasts = isBurning ? runway?["words"]?.text : nil
            end = earliest ?? runway?["not_before"]?.time ?? WallTime(milliseconds: .max)
            judgement = RowJudgement(
                .init(
                    status: status, hasProblem: problem != nil, isUnread: problem?["reason"]?.text == Problem.notReadYet,
                    available: available.flatMap { ExactDecimal($0) }, isLow: row["low"]?.boolean == true,
                    expiresAt: row["expires_at"]?.time, earliestEnd: isBurning ? earliest : nil),
                now: now)
        }

        private static func shown(_ row: JSONValue, _ other: JSONValue?) -> String? {
            if let available = row["available"]?.text {
                return [available, row["unit"]?.text].compactMap(\.self).joined(separator: " ")
            }
            guard let other, let kind = other["kind"]?.text, let value = other["value"]?.text, let unit = other["unit"]?.text
            else { return nil }
            return "\(value) \(BalanceTable.Figure(kind, value, unit, part: other["part"]?.text).name)"
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
            let title = problem["title"]?.text ?? Words.spoken(word)
            // An open circuit says that calls failed; the last one why.
            let cause = word == ProblemCode.circuitOpen.rawValue ? lastFailure ?? problem : problem
            let status = cause["code"]?.text == ProblemCode.upstreamError.rawValue ? cause["upstream_status"]?.integer : nil
            let code = cause == problem || status != nil ? nil : cause["code"]?.text
            let reason = (cause["reason"]?.text ?? code).map(Words.spoken)
            let details = [status.map { "HTTP \($0)" }, reason].compactMap(\.self).filter { !title.contains($0) }
            var words = title + (details.isEmpty ? "" : " (\(details.joined(separator: ", ")))")
            if let again = problem["retry_at"]?.time, again > now {
                words += "; asked again in " + Words.left(now.duration(to: again))
            }
            return words
        }
    }
}
