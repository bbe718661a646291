import Testing

@testable import BursarText

/// What `bursar retry` makes of the row that it got.
@Suite struct RetryAnswerTests {
    private func outcome(
        status: String = "fresh", fetched: String = "\"2026-11-27T20:00:00.000Z\"", problem: String = "null", waited: Duration
    ) -> RetryAnswer.Outcome? {
        let json = """
            {"generated_at": "2026-11-27T20:00:00.300Z", "balances": [{"provider": "acme", "account": "default",
             "status": "\(status)", "amounts": [], "fetched_at": \(fetched), "problem": \(problem)}]}
            """
        return RetryAnswer(json: Array(json.utf8), waited: waited)?.outcome
    }

    @Test func `a reading that landed while it was waited for is the answer`() {
        #expect(outcome(waited: .milliseconds(300)) == .read)
        // Rounded down and up, the two times are a millisecond farther apart.
        #expect(outcome(waited: .milliseconds(299)) == .read)
    }

    @Test func `one that was there before says that nobody was asked`() {
        #expect(outcome(waited: .milliseconds(200)) == .notAsked)
        #expect(outcome(status: "stale", waited: .seconds(1)) == .notAsked)
    }

    @Test func `a problem says that it failed again, also beside a reading that is still fresh`() {
        let problem = #"{"code": "timeout", "title": "Acme did not answer in time"}"#
        #expect(outcome(problem: problem, waited: .milliseconds(300)) == .failed)
        #expect(outcome(status: "unavailable", fetched: "null", problem: problem, waited: .seconds(5)) == .failed)
    }

    @Test func `what is not one row is no answer`() {
        for json in [#"{"balances": []}"#, "{}", "<html>"] { #expect(RetryAnswer(json: Array(json.utf8), waited: .zero) == nil) }
    }
}
