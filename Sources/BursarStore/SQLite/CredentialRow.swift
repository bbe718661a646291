import BursarEngine
import BursarModel
import Foundation
import GRDB

/// A ``StoredCredential`` as a row of `credential`, there and back.
enum CredentialRow {
    static let columns = """
        digest, provider, account, taken_at, fetched_at, as_of, provider_low, amounts, reply_status, content_type, body, \
        problem, problem_status, problem_reason, problem_at, hold, hold_until, hold_left_ns, hint, hint_wait_ns, \
        hinted_refusals, unhinted_refusals, backoff_steps, breaker, breaker_count, calls
        """
    static let select = "SELECT \(columns) FROM credential"
    static let replace =
        "INSERT OR REPLACE INTO credential (\(columns)) VALUES (\(Array(repeating: "?", count: 26).joined(separator: ", ")))"

    static func write(_ credential: StoredCredential) -> StatementArguments {
        let snapshot = credential.snapshot
        let reading = snapshot.fetchedAt == nil ? nil : snapshot.reading
        let (breaker, count) = snapshot.breaker.columns
        var values: [(any DatabaseValueConvertible)?] = [
            Data(credential.key.bytes), credential.account.provider.name, credential.account.account.name,
            snapshot.takenAt.milliseconds
        ]
        values += [
            reading == nil ? nil : snapshot.fetchedAt?.milliseconds, reading?.asOf?.milliseconds, reading?.providerSaysLow,
            reading.map { AmountsText.write($0.amounts) }, reading?.reply.status, reading?.reply.contentType,
            reading.map { Data($0.reply.body) }
        ]
        values += [
            snapshot.problem?.code.rawValue, snapshot.problem?.upstreamStatus, snapshot.problem?.reason,
            snapshot.problemAt?.milliseconds
        ]
        values += [
            snapshot.hold?.kind.rawValue, snapshot.hold?.until.milliseconds, snapshot.hold?.left.nanoseconds,
            snapshot.hold?.hint?.source.rawValue, snapshot.hold?.hint?.wait.nanoseconds
        ]
        values += [
            snapshot.cooldown.hinted, snapshot.cooldown.unhinted, snapshot.backoff.steps, breaker, count,
            "[" + snapshot.calls.map { String($0.milliseconds) }.joined(separator: ",") + "]"
        ]
        return StatementArguments(values)
    }

    static func read(_ row: Row) throws(UnreadableRow) -> StoredCredential {
        var row = RowReading(row)
        let key = try some(CredentialKey(digest: try row.bytes()))
        let provider = try some(ProviderID(try row.text()))
        let account = AccountID(provider: provider, account: try some(AccountName(try row.text())))
        let takenAt = try row.time()
        let (reading, fetchedAt) = try readReading(&row)
        let (problem, problemAt) = try readProblem(&row)
        let hold = try readHold(&row)
        let cooldown = Cooldown(hinted: try row.count(), unhinted: try row.count())
        let backoff = Backoff(steps: try row.count())
        let breaker = try some(Breaker(try row.text(), count: try row.count()))
        let calls = try readCalls(try row.text())
        return StoredCredential(
            key: key, account: account,
            snapshot: CredentialSnapshot(
                takenAt: takenAt, reading: reading, fetchedAt: fetchedAt, problem: problem, problemAt: problemAt, hold: hold,
                cooldown: cooldown, backoff: backoff, breaker: breaker, calls: calls))
    }

    private static func readReading(_ row: inout RowReading) throws(UnreadableRow) -> (Reading?, WallTime?) {
        let fetchedAt = try row.optionalTime()
        let asOf = try row.optionalTime()
        let low = try row.optionalFlag()
        let amounts = try row.optionalText()
        let status = try row.optionalStatus()
        let contentType = try row.optionalText()
        let body = try row.optionalBytes()
        guard let fetchedAt else { return (nil, nil) }
        // A field value goes into a response head as it is: whatever could end the line did not come from a provider.
        if let contentType, !contentType.utf8.allSatisfy({ (0x20...0x7E).contains($0) }) { throw UnreadableRow() }
        let reply = UpstreamReply(status: try some(status), contentType: contentType, body: try some(body))
        let read = try some(AmountsText.read(try some(amounts)))
        return (Reading(amounts: read, providerSaysLow: low, asOf: asOf, reply: reply), fetchedAt)
    }

    private static func readProblem(_ row: inout RowReading) throws(UnreadableRow) -> (Problem?, WallTime?) {
        let code = try row.optionalText()
        let status = try row.optionalStatus()
        let reason = try row.optionalText()
        let at = try row.optionalTime()
        guard let code else { return (nil, nil) }
        return (Problem(code: try some(ProblemCode(rawValue: code)), upstreamStatus: status, reason: reason), at)
    }

    private static func readHold(_ row: inout RowReading) throws(UnreadableRow) -> CredentialSnapshot.SavedHold? {
        let kind = try row.optionalText()
        let until = try row.optionalTime()
        let left = try row.optionalDuration()
        let source = try row.optionalText()
        let wait = try row.optionalDuration()
        guard let kind else { return nil }
        var hint: CooldownHint?
        if let source { hint = CooldownHint(wait: try some(wait), source: try some(.init(rawValue: source))) }
        return .init(kind: try some(.init(rawValue: kind)), until: try some(until), left: try some(left), hint: hint)
    }

    /// More than any budget allows.
    private static let mostCalls = 10_000

    private static func readCalls(_ text: String) throws(UnreadableRow) -> [WallTime] {
        guard text.hasPrefix("["), text.hasSuffix("]"), text.utf8.count >= 2 else { throw UnreadableRow() }
        var calls: [WallTime] = []
        for part in text.dropFirst().dropLast().split(separator: ",") {
            guard calls.count < mostCalls else { throw UnreadableRow() }
            calls.append(try RowReading.time(try some(Int64(part))))
        }
        return calls
    }
}

extension Breaker {
    /// Never `half_open`: see ``CredentialSnapshot/breaker``.
    fileprivate var columns: (String, Int) {
        switch self {
        case .closed(let failures): ("closed", failures)
        case .open(let openings), .halfOpen(let openings): ("open", openings)
        }
    }

    fileprivate init?(_ name: String, count: Int) {
        switch name {
        case "closed": self = .closed(failures: min(count, Breaker.threshold - 1))
        case "open": self = .open(openings: max(1, count))
        default: return nil
        }
    }
}
