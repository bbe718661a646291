import BursarCatalog
import BursarEngine
import BursarModel
import Testing

@testable import BursarGateway

@Suite struct ProviderReplyTests {
    private let now = Moment(monotonic: MonotonicTime(nanoseconds: 1_000_000_000_000), wall: WallTime(seconds: 1_763_679_360))

    /// `Retry-After` of a row without a value.
    private func retryAfter(hold: Duration?, told: Duration?) throws -> Int64? {
        let view = AccountView(
            status: .unavailable, reading: nil, fetchedAt: nil, expiresAt: nil, validUntil: .distantFuture,
            problem: Problem(code: .rateLimited, upstreamStatus: 429, retryAt: told.map { now.wall.advanced(by: $0) }),
            errorReply: nil, hold: hold.map { Hold(kind: .cooldown, until: now.advanced(by: $0)) }, isRefreshing: false)
        let definition = try #require(try Catalog.builtIn().definitions.first)
        return ProviderReply(view, of: definition, forwarded: nil, now: now).retryAfter
    }

    @Test func `Retry-After is the later of a hold and of what the problem tells, and never 0`() throws {
        #expect(try retryAfter(hold: .seconds(40), told: .seconds(40)) == 40)
        #expect(try retryAfter(hold: .seconds(-5), told: .seconds(40)) == 40, "the hold has ended; our own budget is spent")
        #expect(try retryAfter(hold: nil, told: .milliseconds(40_001)) == 41)
        #expect(try retryAfter(hold: .seconds(90), told: .seconds(40)) == 90)
        #expect(try retryAfter(hold: .seconds(-5), told: .seconds(-5)) == 1)
        #expect(try retryAfter(hold: nil, told: nil) == 1)
    }
}
