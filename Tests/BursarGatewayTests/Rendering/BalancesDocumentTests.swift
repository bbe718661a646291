import BursarEngine
import BursarModel
import Testing

@testable import BursarGateway

@Suite struct BalancesDocumentTests {
    private let now = Moment(monotonic: MonotonicTime(nanoseconds: 1_000_000_000_000), wall: WallTime(seconds: 1_763_679_360))

    private func row(
        _ status: RowStatus, problem: ProblemCode? = nil, retryIn: Duration? = nil, expiresIn: Duration? = nil,
        quiet: Duration? = nil
    ) -> BalancesDocument.Row {
        BalancesDocument.Row(
            json: Array("{}".utf8), status: status, problemCode: problem,
            retryAt: retryIn.map { now.monotonic.advanced(by: $0) }, expiresAt: expiresIn.map { now.monotonic.advanced(by: $0) },
            validUntil: .distantFuture, quietUntil: quiet.map { now.monotonic.advanced(by: $0) })
    }

    private func document(_ rows: BalancesDocument.Row...) -> BalancesDocument { BalancesDocument(generatedAt: now, rows: rows) }

    @Test func `one value is enough for 200, and so is having no account`() {
        #expect(document().outcome == .ok)
        #expect(document(row(.unavailable, problem: .timeout), row(.stale)).outcome == .ok)
    }

    @Test func `503 only where every failure ends by waiting`() {
        let waiting = row(.unavailable, problem: .rateLimited, retryIn: .seconds(9))
        let open = row(.unavailable, problem: .circuitOpen, retryIn: .seconds(4))
        #expect(document(waiting, open).outcome == .wait(.seconds(4)))
        #expect(document(waiting, row(.unavailable, problem: .unauthorized)).outcome == .failed)
    }

    @Test func `a hold that has ended does not shorten the wait for our own budget`() throws {
        let view = AccountView(
            status: .unavailable, reading: nil, fetchedAt: nil, expiresAt: nil, validUntil: .distantFuture,
            problem: Problem(code: .rateLimited, upstreamStatus: 429, retryAt: now.wall.advanced(by: .seconds(40))),
            errorReply: nil, hold: Hold(kind: .cooldown, until: now.advanced(by: .seconds(-5))), isRefreshing: false)
        let id = AccountID(provider: try #require(ProviderID("acme")), account: .default)
        let row = BalancesDocument.Row(BalanceRow(id: id, title: "Acme", lowLimit: nil, view: view, otherwise: nil), now: now)
        #expect(document(row).outcome == .wait(.seconds(40)))
    }

    @Test func `a cooldown that is over is no reason to wait while the provider is being asked`() throws {
        let over = now.advanced(by: .seconds(-5))
        let view = AccountView(
            status: .unavailable, reading: nil, fetchedAt: nil, expiresAt: nil, validUntil: .distantFuture,
            problem: Problem(code: .rateLimited, upstreamStatus: 429, retryAt: over.wall), errorReply: nil,
            hold: Hold(kind: .cooldown, until: over), isRefreshing: true)
        let id = AccountID(provider: try #require(ProviderID("acme")), account: .default)
        let row = BalancesDocument.Row(BalanceRow(id: id, title: "Acme", lowLimit: nil, view: view, otherwise: nil), now: now)
        #expect(document(row).outcome == .failed)
    }

    @Test func `504 only where all timed out`() {
        #expect(document(row(.unavailable, problem: .timeout), row(.unavailable, problem: .timeout)).outcome == .timedOut)
        #expect(document(row(.unavailable, problem: .timeout), row(.unavailable, problem: .unreachable)).outcome == .failed)
    }

    @Test func `max-age ends with the first row, and is zero when one is stale`() {
        #expect(document(row(.fresh, expiresIn: .seconds(30)), row(.fresh, expiresIn: .seconds(12))).maxAge == .seconds(12))
        #expect(document(row(.fresh, expiresIn: .seconds(30)), row(.stale, expiresIn: .seconds(-1))).maxAge == .zero)
        #expect(document(row(.fresh, expiresIn: .seconds(-3))).maxAge == .zero)
    }

    @Test func `a document is quiet until its first row is not, and never with a row that may be asked now`() {
        #expect(
            document(row(.fresh, quiet: .seconds(5)), row(.stale, quiet: .seconds(3))).quietUntil
                == now.monotonic.advanced(by: .seconds(3)))
        #expect(document(row(.fresh, quiet: .seconds(5)), row(.stale)).quietUntil == nil)
        #expect(document().quietUntil == .distantFuture)
    }

    @Test func `the JSON counts its rows`() {
        let json = String(decoding: document(row(.fresh), row(.unavailable), row(.unavailable)).json, as: UTF8.self)
        #expect(
            json == #"{"schema":"bursar.balances.v1","generated_at":"2025-11-20T22:56:00.000Z","complete":false,"#
                + #""summary":{"accounts":3,"fresh":1,"stale":0,"unavailable":2},"balances":[{},{},{}]}"#)
    }
}
