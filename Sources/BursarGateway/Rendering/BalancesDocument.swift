import BursarBasics
import BursarEngine
import BursarHTTP
import BursarModel

/// The answer to `/v1/balances`: rows that are rendered already, and what follows from them together. *Value.* Pure.
package struct BalancesDocument: Sendable {
    /// What a document needs of a row besides its bytes.
    struct Row: Sendable {
        let json: [UInt8]
        let status: RowStatus
        let problemCode: ProblemCode?
        /// When its provider is asked again, where waiting ends its problem.
        let retryAt: MonotonicTime?
        /// End of its ttl; nil without a reading.
        let expiresAt: MonotonicTime?
        /// When the row changes by time alone.
        let validUntil: MonotonicTime
        /// Until then a plain request neither changes the row nor asks anybody; nil: the next one may.
        let quietUntil: MonotonicTime?

    }

    /// Where a limit was asked for.
    struct Page: Sendable {
        /// The cursor of the next page; nil: this is the last.
        let next: String?
    }

    let generatedAt: Moment
    let page: Page?
    let rows: [Row]

    init(generatedAt: Moment, page: Page? = nil, rows: [Row]) {
        self.generatedAt = generatedAt
        self.page = page
        self.rows = rows
    }

    /// Every row has a value, fresh or stale.
    var isComplete: Bool { rows.allSatisfy { $0.status != .unavailable } }
    var isFresh: Bool { rows.allSatisfy { $0.status == .fresh } }
    /// - Parameter asked: whether a provider was asked for it.
    func cacheUse(asked: Bool) -> CacheUse { asked ? .missed : isFresh ? .fresh : .stale }
    var hasValue: Bool { rows.isEmpty || rows.contains { $0.status != .unavailable } }

    /// Until when plain requests get this very document; nil where the next one may change it.
    var quietUntil: MonotonicTime? {
        var first = MonotonicTime.distantFuture
        for row in rows {
            guard let quiet = row.quietUntil else { return nil }
            first = min(first, quiet)
        }
        return first
    }

    /// How long a private cache may keep it: until the first row is no longer fresh. Zero when one is stale already.
    var maxAge: Duration {
        guard isFresh, let first = rows.compactMap(\.expiresAt).min() else { return .zero }
        return max(.zero, generatedAt.monotonic.duration(to: first))
    }

    /// Contract 4.1, "Status".
    enum Outcome: Equatable {
        case ok
        /// Every failure ends by waiting; this long until the first does.
        case wait(Duration)
        case timedOut
        case failed
    }

    var outcome: Outcome {
        if hasValue { return .ok }
        let waits = rows.compactMap(\.retryAt)
        if waits.count == rows.count, let first = waits.min() { return .wait(generatedAt.monotonic.duration(to: first)) }
        return rows.allSatisfy { $0.problemCode == .timeout } ? .timedOut : .failed
    }

    var json: [UInt8] {
        var json = JSONText(reserving: 256 + rows.reduce(0) { $0 + $1.json.count + 1 })
        json.object { json in
            json.string("schema", "bursar.balances.v1")
            json.string("generated_at", generatedAt.wall.rfc3339)
            json.bool("complete", isComplete)
            json.raw("summary", summary)
            if let page { json.string("next", page.next) }
            json.raw("balances", rowsArray)
        }
        return json.bytes
    }

    /// What tells one answer from another: all but the time at which it was made.
    var parts: [[UInt8]] { rows.map(\.json) + [Array("\(page?.next ?? "")".utf8)] }

    private var summary: [UInt8] {
        var json = JSONText(reserving: 96)
        json.object { json in
            json.integer("accounts", rows.count)
            json.integer("fresh", count(.fresh))
            json.integer("stale", count(.stale))
            json.integer("unavailable", count(.unavailable))
        }
        return json.bytes
    }

    /// The `balances` member alone: problem documents carry it too.
    var rowsArray: [UInt8] {
        var json = JSONText(reserving: 2 + rows.reduce(0) { $0 + $1.json.count + 1 })
        json.array { json in
            for row in rows { json.raw(nil, row.json) }
        }
        return json.bytes
    }

    private func count(_ status: RowStatus) -> Int { rows.count { $0.status == status } }
}

extension BalancesDocument.Row {
    init(_ row: BalanceRow, now: Moment) {
        let view = row.view, expiresAt = view.expiresAt?.monotonic
        let hold = view.hold.flatMap { $0.endsByWaiting ? $0.until.monotonic : nil }
        let told = row.problem.flatMap { $0.code.endsByWaiting ? row.retryAt : nil }
            .map { now.monotonic.advanced(by: now.wall.duration(to: $0)) }
        self.init(
            json: row.json, status: view.status, problemCode: row.problem?.code,
            // The later one: a hold stays in the view when it has ended, and the budget may then stand in the way.
            // One that is over keeps nobody waiting.
            retryAt: [hold, told].compactMap(\.self).max().flatMap { $0 > now.monotonic ? $0 : nil }, expiresAt: expiresAt,
            validUntil: view.validUntil,
            quietUntil: view.status == .fresh ? expiresAt : view.hold.map { min($0.until.monotonic, view.validUntil) })
    }
}
