import BursarEngine
import BursarModel
import Testing

@testable import BursarGateway
@testable import BursarInsight

/// Cause, end and remedy where more is known than a row's problem. Pure.
@Suite struct ExplanationTests {
    private static let now = Moment(
        monotonic: MonotonicTime(nanoseconds: 1_000_000_000_000), wall: WallTime(seconds: 1_800_000_000))

    private func explanation(
        _ status: RowStatus = .fresh, problem: Problem? = nil, hold: Hold? = nil, lastFailure: FailureRecord? = nil,
        firing: [AlertRule.Condition] = [], runway: Runway? = nil
    ) throws -> Explanation {
        let view = AccountView(
            status: status, reading: nil, fetchedAt: nil, expiresAt: nil, validUntil: .distantFuture, problem: problem,
            errorReply: nil, hold: hold, isRefreshing: false)
        let known = CredentialStatus(
            state: .idle, lastSuccess: Self.now, lastFailure: lastFailure, nextAttempt: hold?.until, hold: hold,
            breaker: .closed(failures: 0), budgetLeft: nil, callsMade: 1, waiters: 0, lastAsked: nil)
        let id = AccountID(provider: try #require(ProviderID("acme")), account: .default)
        return Explanation(
            .init(
                id: id, title: "Acme", view: view, status: known, lowLimit: nil, keySource: "${env:KEY}", documentation: nil,
                topUp: "https://acme.example/buy", firing: firing, runway: runway, now: Self.now))
    }

    private func runway(hours: Int64) throws -> Runway {
        let end = Self.now.wall.advanced(by: .seconds(hours * 3_600))
        return Runway(
            unit: try #require(AmountUnit("credits")), status: .burning,
            forecast: .init(notBefore: end, earliest: end, expected: end, latest: end.advanced(by: .seconds(3_600))), burn: nil,
            basis: .init(since: nil, days: 3, steps: 9, topUps: 0, reset: nil), lastTopUp: nil)
    }

    @Test func `while a rule fires there is something to do`() throws {
        let low = try explanation(firing: [.below(ExactDecimal(50), unit: nil)])
        #expect(low.cause == "The reading is fresh, and an alert fires (below 50).")
        #expect(low.remedy == "Top the account up at the provider (https://acme.example/buy).")
        let short = try explanation(firing: [.runway(.seconds(259_200))])
        #expect(short.cause.contains("an alert fires (runway 3 days)") && short.remedy.hasSuffix(", or spend less."))
        // These end with the reading.
        #expect(try explanation(firing: [.keyRejected, .unavailable(.seconds(60))]).remedy == "There is nothing to do.")
    }

    @Test func `a balance that ends within days is something to do, one that lasts is not`() throws {
        let soon = try explanation(runway: runway(hours: 5))
        #expect(soon.cause == "The reading is fresh, and the balance is expected to last 5 to 6 hours.")
        #expect(soon.remedy.hasPrefix("Top the account up at the provider (https://acme.example/buy)"))
        #expect(try explanation(runway: runway(hours: 24 * 30)).remedy == "There is nothing to do.")
    }

    @Test func `an open circuit tells the cause, status and remedy of the last call, and who ends it`() throws {
        func told(_ code: ProblemCode, _ status: Int? = nil, _ reason: String? = nil) throws -> Explanation {
            try explanation(
                .unavailable, problem: Problem(code: .circuitOpen, upstreamStatus: status, reason: reason),
                lastFailure: FailureRecord(code: code, upstreamStatus: status, errorReply: nil, reason: reason, at: Self.now))
        }
        let refused = try told(.unreachable, nil, "connection_refused")
        #expect(refused.cause.contains("Too many calls in a row failed"))
        #expect(refused.cause.contains("Acme could not be reached: connection refused."), "\(refused.cause)")
        #expect(refused.remedy.contains("base_url:"), "\(refused.remedy)")
        #expect(
            refused.remedy.contains("`bursar retry acme/default` asks at once (DELETE /v1/cooldowns/acme/default)"),
            "\(refused.remedy)")
        let unknown = try told(.unreachable)
        #expect(unknown.cause.hasSuffix("could not be reached: no connection, no name, or no TLS."), "\(unknown.cause)")
        let huge = try told(.invalidResponse, 200, "body_too_large")
        #expect(huge.cause.hasSuffix("documents (HTTP 200): body too large."), "\(huge.cause)")
        let page = try told(.invalidResponse, 200, "the body is not JSON")
        #expect(page.cause.contains("documents (HTTP 200): the body is not JSON."), "\(page.cause)")
    }

    @Test func `a redirect is called one, and the remedy is where it is asked`() throws {
        let moved = try explanation(
            .unavailable, problem: Problem(code: .upstreamError, upstreamStatus: 302, reason: "redirect_refused"))
        #expect(moved.cause.contains("Acme answered with a redirect (HTTP 302), which is never followed"))
        #expect(moved.remedy.contains("base_url:") && !moved.remedy.contains("Wait"))
    }

    @Test func `a cooldown that is shorter than the provider asked for says so`() throws {
        func end(asked: Int64) throws -> String {
            let hint = CooldownHint(wait: .seconds(asked), source: .retryAfterSeconds)
            let hold = Hold(kind: .cooldown, until: Self.now.advanced(by: .seconds(3_540)), hint: hint)
            return try explanation(
                .unavailable, problem: Problem(code: .rateLimited, upstreamStatus: 429, retryAt: hold.until.wall), hold: hold
            ).ends
        }
        #expect(
            try end(asked: 244_800)
                == "It asked to wait for 68 h. No pause is longer than an hour: one call may try in 59 min.")
        #expect(try end(asked: 3_600) == "The cooldown ends in 59 min.")
    }
}
