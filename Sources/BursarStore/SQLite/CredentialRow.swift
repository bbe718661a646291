import BursarEngine
import BursarModel
import BursarSQLite

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

    static func write(_ credential: StoredCredential) -> [any SQLiteBindable] {
        let snapshot = credential.snapshot
        let reading = snapshot.fetchedAt == nil ? nil : snapshot.reading
        let (breaker, count) = snapshot.breaker.columns
        var values: [any SQLiteBindable] = [
            credential.key.bytes, credential.account.provider.name, credential.account.account.name,
            snapshot.takenAt.milliseconds
        ]
        values += [
            reading == nil ? nil : snapshot.fetchedAt?.milliseconds, reading?.asOf?.milliseconds, reading?.providerSaysLow,
            reading.map { AmountsText.write($0.amounts) }, reading?.reply.status, reading?.reply.contentType,
            reading?.reply.body
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
        return values
    }

    /// Where the parts of a row begin, in ``columns``.
    private enum First {
        static let reading = 4, problem = 11, hold = 15, hint = 18, counts = 20, breaker = 23, calls = 25
    }

    /// A row as far as it can be read. A part that cannot does not take the others with it: a cooldown must not be lost for a
    /// reading that is.
    /// - Throws: where it does not even say whose it is.
    static func read(_ row: [SQLiteValue]) throws(UnreadableRow) -> (credential: StoredCredential, isWhole: Bool) {
        var head = RowReading(row)
        let key = try some(CredentialKey(digest: try head.bytes()))
        let provider = try some(ProviderID(try head.text()))
        let account = AccountID(provider: provider, account: try some(AccountName(try head.text())))
        let takenAt = try head.time()
        var isWhole = true
        func part<Part>(
            _ first: Int, otherwise: Part, _ read: (inout RowReading) throws(UnreadableRow) -> Part
        ) -> Part {
            var reading = RowReading(row, from: first)
            do throws(UnreadableRow) {
                return try read(&reading)
            } catch {
                isWhole = false
                return otherwise
            }
        }
        let (reading, fetchedAt) = part(First.reading, otherwise: (nil, nil), readReading)
        let (problem, problemAt) = part(First.problem, otherwise: (nil, nil), readProblem)
        let hint = part(First.hint, otherwise: nil, readHint)
        let hold = part(First.hold, otherwise: nil) { row throws(UnreadableRow) in try readHold(&row, hint) }
        let (cooldown, backoff) = part(First.counts, otherwise: (Cooldown(), Backoff())) { row throws(UnreadableRow) in
            (Cooldown(hinted: try row.count(), unhinted: try row.count()), Backoff(steps: try row.count()))
        }
        let breaker = part(First.breaker, otherwise: .closed(failures: 0)) { row throws(UnreadableRow) in
            try some(Breaker(try row.text(), count: try row.count()))
        }
        let calls = part(First.calls, otherwise: []) { row throws(UnreadableRow) in try readCalls(try row.text()) }
        let snapshot = CredentialSnapshot(
            takenAt: takenAt, reading: reading, fetchedAt: fetchedAt, problem: problem, problemAt: problemAt, hold: hold,
            cooldown: cooldown, backoff: backoff, breaker: breaker, calls: calls)
        return (StoredCredential(key: key, account: account, snapshot: snapshot), isWhole)
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

    private static func readHold(
        _ row: inout RowReading, _ hint: CooldownHint?
    ) throws(UnreadableRow) -> CredentialSnapshot.SavedHold? {
        let kind = try row.optionalText()
        let until = try row.optionalTime()
        let left = try row.optionalDuration()
        guard let kind else { return nil }
        return .init(kind: try some(.init(rawValue: kind)), until: try some(until), left: try some(left), hint: hint)
    }

    private static func readHint(_ row: inout RowReading) throws(UnreadableRow) -> CooldownHint? {
        let source = try row.optionalText()
        let wait = try row.optionalDuration()
        guard let source else { return nil }
        return CooldownHint(wait: try some(wait), source: try some(.init(rawValue: source)))
    }

    /// The largest budget that a definition can have: a tenth of a million calls.
    static let mostCalls = 100_000

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

extension CredentialRow {
    /// All that can be read.
    static func load(_ db: Database) throws -> ([StoredCredential], unreadable: Int) {
        var credentials: [StoredCredential] = []
        var unreadable = 0
        try db.run(select) { row in
            do throws(UnreadableRow) {
                let found = try read(row)
                credentials.append(found.credential)
                if !found.isWhole { unreadable += 1 }
            } catch {
                unreadable += 1
            }
        }
        return (credentials, unreadable)
    }
}
