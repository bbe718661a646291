import Testing

@testable import BursarText

/// What `bursar reload` makes of an answer.
@Suite struct ReloadAnswerTests {
    private func answer(_ status: Int, _ json: String) -> ReloadAnswer? { ReloadAnswer(status: status, json: Array(json.utf8)) }

    private func applied(_ members: String) -> ReloadAnswer? {
        answer(200, #"{"schema": "bursar.reload.v1", \#(members)}"#)
    }

    @Test func `what differs is named, and what does not is left out`() {
        let members = #""accounts": 3, "added": ["a/x", "a/y"], "removed": [], "changed": ["b/z"], "needs_restart": ["listen"]"#
        #expect(
            applied(members)
                == .applied(
                    """
                    in force: 3 accounts
                    added          a/x, a/y
                    changed        b/z
                    needs restart  listen

                    """))
        #expect(
            applied(#""accounts": 1, "added": [], "removed": [], "changed": [], "needs_restart": []"#)
                == .applied("in force: 1 account; none was added, changed or removed\n"))
    }

    @Test func `a configuration that is wrong is every problem of it`() {
        #expect(
            answer(
                422, #"{"code": "invalid_configuration", "problems": ["b.yaml:1:2: error: no", "b.yaml:3:4: error: \u001b[2J"]}"#)
                == .refused(["b.yaml:1:2: error: no", "b.yaml:3:4: error: ?[2J"]))
    }

    @Test func `anything else is no answer to a reload`() {
        #expect(answer(200, "<html>") == nil)
        #expect(answer(200, "{}") == nil)
        #expect(answer(422, #"{"title": "no"}"#) == nil)
        #expect(answer(409, #"{"schema": "bursar.reload.v1", "accounts": 1}"#) == nil)
    }
}
