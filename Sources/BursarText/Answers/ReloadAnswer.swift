import BursarBasics
import BursarCatalog

/// What `bursar reload` prints. *Value.* Whatever answered may not be a gateway: control characters never reach a terminal.
package enum ReloadAnswer: Sendable, Equatable {
    /// Another configuration is in force: how it differs, as lines.
    case applied(String)
    /// It is wrong and nothing changed: every problem, a line each.
    case refused([String])

    /// Nil for anything else.
    package init?(status: Int, json: [UInt8]) {
        guard let document = try? JSONReader.readWhole(json) else { return nil }
        func names(_ member: String) -> [String] {
            (document[member]?.elements ?? []).compactMap(\.text).map { TerminalText.shown($0) }
        }
        switch status {
        case 200:
            guard document["schema"]?.text == "bursar.reload.v1", let accounts = document["accounts"]?.integer else { return nil }
            let lists = [
                ("added", names("added")), ("changed", names("changed")), ("removed", names("removed")),
                ("needs restart", names("needs_restart"))
            ].filter { !$0.1.isEmpty }
            let count = accounts == 1 ? "1 account" : "\(accounts) accounts"
            let same = lists.isEmpty ? "; none was added, changed or removed" : ""
            self = .applied(
                "in force: \(count)\(same)\n"
                    + lists.map { title, names in
                        title.padded(to: 15) + names.joined(separator: ", ") + "\n"
                    }
                    .joined())
        case 422:
            let problems = names("problems")
            guard !problems.isEmpty else { return nil }
            self = .refused(problems)
        default: return nil
        }
    }
}
