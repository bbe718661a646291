import BursarBasics
import BursarModel

extension NeedReport {
    /// For people: a sentence, then a line for each need: what, how it stands, and what to do.
    package var text: String {
        let lines = needs.map { need in
            (
                name: need.about.name, words: TerminalText.shown(need.words),
                act: (need.link ?? need.command).map(TerminalText.shown)
            )
        }
        let width = lines.map(\.name.count).max() ?? 0
        // One long line must not push all the others apart.
        let most = 64
        let column = lines.filter { $0.act != nil }.map(\.words.count).filter { $0 <= most }.max() ?? 0
        return headline + "\n"
            + lines.map { line in
                let words = line.act.map { line.words.padded(to: column) + "  " + $0 } ?? line.words
                return line.name.padded(to: width) + "  " + words + "\n"
            }.joined()
    }

    /// As the page begins.
    var headline: String {
        let needing = accountsInNeed
        if needing > 0 {
            return accounts == 1 ? "It needs you" : "\(needing) of \(accounts) \(needing == 1 ? "needs" : "need") you"
        }
        if accounts == 0 {
            return isWell ? "No accounts are configured" : "No accounts are configured, and something else needs you"
        }
        var parts: [String] = []
        if stale > 0 { parts.append("\(stale) of \(accounts) \(stale == 1 ? "shows an old reading" : "show old readings")") }
        if unread > 0 { parts.append("\(unread) of \(accounts) \(unread == 1 ? "was" : "were") not asked for yet") }
        let well = accounts == 1 ? "The account is well" : "All \(accounts) accounts are well"
        let lead = parts.isEmpty ? well : "No account needs you: " + parts.joined(separator: ", ")
        if !isWell { return lead + "; something else needs you" }
        return lead + (firstToEnd.map { "; \($0.id) is the first to end: \(TerminalText.shown($0.words))" } ?? "")
    }

    /// For programs: docs/operations.md says what stands in it.
    package var json: [UInt8] {
        var json = JSONText(reserving: 256 + needs.count * 256)
        json.object { json in
            json.string("schema", "bursar.needs.v1")
            json.string("generated_at", generatedAt.rfc3339)
            json.integer("accounts", accounts)
            json.integer("in_need", accountsInNeed)
            json.integer("stale", stale)
            json.integer("unread", unread)
            json.array("needs") { json in
                for need in needs {
                    json.object { json in
                        json.string("about", need.about.word)
                        json.string("name", need.about.ownName)
                        json.string("need", need.kind.rawValue)
                        json.string("words", need.words)
                        json.strings("alerts", need.alerts)
                        json.string("command", need.command)
                        json.string("link", need.link)
                    }
                }
            }
        }
        return json.bytes
    }
}

extension NeedReport.Need.About {
    fileprivate var word: String {
        switch self {
        case .account: "account"
        case .gateway: "gateway"
        case .target: "target"
        }
    }

    fileprivate var ownName: String? {
        switch self {
        case .account(let id): "\(id)"
        case .gateway: nil
        case .target(let name): name
        }
    }

    /// As a line begins.
    fileprivate var name: String {
        switch self {
        case .account(let id): "\(id)"
        case .gateway: "the gateway"
        case .target(let name): "target " + TerminalText.shown(name)
        }
    }
}
