import Testing

@testable import BursarText

/// What `bursar alert list` and `bursar alert test` print of an answer.
@Suite struct AlertAnswersTests {
    private func rows(_ text: String) -> [String] {
        text.split(separator: "\n").map { $0.split(separator: " ").joined(separator: " ") }
    }

    @Test func `a mute of an account without rules is listed, and one of an account with rules once`() throws {
        let json =
            #"{"schema": "bursar.alerts.v1", "alerts": [{"account": "a/x", "condition": "below 50", "state": "ok", "#
            + #""muted_until": "soon"}], "mutes": [{"account": "a/x", "until": "soon"}, {"account": "b/y", "until": "later"}]}"#
        let printed = try #require(AlertListAnswer(json: Array(json.utf8))).text
        #expect(
            rows(printed) == [
                "ACCOUNT RULE STATE VALUE READ SINCE MUTED UNTIL", "a/x below 50 ok - - - soon", "b/y no rules - - - - later"
            ], "\(printed)")
    }

    @Test func `how a test was taken is a table with a head`() throws {
        let json =
            #"{"schema": "bursar.alert-test.v1", "targets": ["#
            + #"{"name": "ops", "kind": "webhook", "at": "127.0.0.1", "outcome": "delivered", "reason": null}, "#
            + #"{"name": "file", "kind": "command", "at": "/bin/false", "outcome": "failed", "reason": "exit_1"}]}"#
        let answer = try #require(AlertTestAnswer(json: Array(json.utf8)))
        #expect(!answer.allDelivered)
        #expect(
            answer.text == """
                TARGET  KIND     AT          OUTCOME    REASON
                ops     webhook  127.0.0.1   delivered  -
                file    command  /bin/false  failed     exit_1

                """)
    }
}
