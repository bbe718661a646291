import Testing

@testable import BursarText

/// The line that `bursar guard` prints of an answer.
@Suite struct GuardAnswerTests {
    @Test(arguments: [(#""stale", "age": 200"#, "(stale, read 3 min ago)"), (#""stale", "age": null"#, "(stale)")])
    func `a reading that is too old is told with its age`(members: String, end: String) throws {
        let json =
            #"{"schema": "bursar.guard.v1", "decision": "unknown", "account": "a/x", "have": "12.34", "unit": "USD", "#
            + #""needs": "1", "reason": \#(members)}"#
        #expect(try #require(GuardAnswer(json: Array(json.utf8))).line == "unknown: a/x has 12.34 USD, needs 1 \(end)")
    }
}
