import Testing

@testable import BursarText

/// What `bursar history` prints of an answer.
@Suite struct HistoryAnswerTests {
    private func text(entries: String = "[]", spent: String = "[]", next: String = "null", more: String = "") throws -> String {
        let json = #"{"schema":"bursar.history.v1","entries":\#(entries),"spent":\#(spent),"next":\#(next)\#(more)}"#
        return try #require(HistoryAnswer(json: Array(json.utf8))).text
    }

    private let spent = #"[{"unit":"USD","own":true,"spent":"3","topped_up":"0","expired":"0","unknown_seconds":0}]"#

    // A step that met no entry said that nothing was known, above what was spent.
    @Test func `a time of which only the spending is known says no more than that`() throws {
        #expect(try text(spent: spent) == "No entry falls into this time.\nspent 3 USD\n")
        #expect(try text() == "Nothing is known of this time.\n")
    }

    @Test func `a step that meets no entry does not say that there is none`() throws {
        let step = #","step_seconds":3600"#
        let known = "At none of these times the amounts are known"
        #expect(try text(spent: spent, more: step) == "\(known); without --step the changes are listed.\nspent 3 USD\n")
        #expect(try text(more: step) == "\(known).\n")
    }

    @Test func `what was spent by day does without entries`() throws {
        let days = #","days":[{"since":"2026-11-24T00:00:00.000Z","spent":\#(spent)}]"#
        let text = try text(spent: spent, more: days)
        #expect(text.hasPrefix("DAY (UTC)") && text.hasSuffix("\nspent 3 USD\n") && !text.contains("No entry"), "\(text)")
    }

    @Test func `an answer that is not all says how to go on`() throws {
        let time = "2026-11-24T10:00:00.000Z"
        let entry = #"{"at":"\#(time)","until":"\#(time)","available":"1","unit":"USD","amounts":[]}"#
        let text = try text(entries: "[\(entry)]", spent: spent, next: "\"\(time)\"")
        #expect(text.contains("There is more after \(time): go on with `--since \(time)`.\n"), "\(text)")
    }
}
