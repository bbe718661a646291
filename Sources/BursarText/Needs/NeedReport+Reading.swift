import BursarCatalog
import BursarModel

/// From a gateway's answers. Whatever answered may not be a gateway: what does not look like one is refused.
extension NeedReport {
    /// Bodies of `/v1/balances?include=runway`, `/v1/alerts`, `/v1/status` and `/readyz`, whatever their status. *Value.*
    package struct Answers: Sendable {
        var balances: [UInt8]
        var alerts: [UInt8]
        var status: [UInt8]
        var readiness: [UInt8]

        package init(balances: [UInt8], alerts: [UInt8], status: [UInt8], readiness: [UInt8]) {
            (self.balances, self.alerts, self.status, self.readiness) = (balances, alerts, status, readiness)
        }
    }

    /// Nil where one of the answers is not what it should be.
    package init?(_ answers: Answers) {
        guard let balances = Self.read(answers.balances)?["balances"]?.elements,
            let alerts = AnswerDocument.read(answers.alerts, schema: "bursar.alerts.v1"),
            let status = AnswerDocument.read(answers.status, schema: "bursar.status.v1"),
            let now = status["generated_at"]?.time, let calls = status["accounts"]?.elements
        else { return nil }
        let rows = balances.compactMap { AccountRow($0, now: now) }
        guard rows.count == balances.count else { return nil }
        let firing = Self.firing(alerts)
        let failures = Dictionary(calls.map { (Self.name($0), $0["last_failure"]) }, uniquingKeysWith: { first, _ in first })

        var needing: [(rank: Int, end: WallTime, order: Int, need: Need)] = []
        var rest: [AccountRow] = []
        for (order, row) in rows.enumerated() {
            guard let need = row.need(alerts: firing["\(row.id)"] ?? [], lastFailure: failures["\(row.id)"] ?? nil, now: now)
            else {
                rest.append(row)
                continue
            }
            // A rule that fires alone comes behind what the row itself says.
            let rank = need.kind == .alert ? RowJudgement.Word.stale.rank : row.judgement.word.rank
            needing.append((rank, row.end, order, need))
        }
        needing.sort { ($0.rank, $0.end, $0.order) < ($1.rank, $1.end, $1.order) }
        generatedAt = now
        needs =
            needing.map(\.need) + Self.ofGateway(status, readiness: answers.readiness, now: now) + Self.ofTargets(alerts)
        accounts = rows.count
        stale = rest.count { $0.judgement.word == .stale }
        unread = rest.count { $0.judgement.word == .unread }
        firstToEnd = rest.filter(\.isBurning).min { $0.end < $1.end }.flatMap { row in row.lasts.map { (row.id, $0) } }
    }

    /// Puts the page where credit is bought, else the one that says how, in the place of the advice to ask for one.
    /// - Parameter links: the body of `/v1/providers`; anything else adds nothing.
    package mutating func add(links: [UInt8]) {
        let providers = Self.read(links)?["providers"]?.elements ?? []
        let pages = Dictionary(
            providers.map { ($0["id"]?.text, $0["top_up"]?.text ?? $0["documentation"]?.text) },
            uniquingKeysWith: { first, _ in first })
        for (index, need) in needs.enumerated() where need.wantsCredit {
            guard case .account(let id) = need.about, let page = pages[id.provider.name] ?? nil else { continue }
            (needs[index].link, needs[index].command) = (page, nil)
        }
    }

    /// Has every command ask the gateway that answered, where a shell would not find it by itself.
    /// - Parameter options: stand behind each command as they are, a space before each.
    package mutating func add(options: String) {
        for index in needs.indices { needs[index].command? += options }
    }

    static func read(_ json: [UInt8]) -> JSONValue? { try? JSONReader.readWhole(json) }

    private static func name(_ row: JSONValue) -> String { "\(row["provider"]?.text ?? "")/\(row["account"]?.text ?? "")" }

    /// The conditions that fire, by account. Of an account that is muted somebody knows.
    private static func firing(_ alerts: JSONValue) -> [String: [String]] {
        let firing = (alerts["alerts"]?.elements ?? []).filter { $0["firing"]?.boolean == true && $0["muted_until"]?.text == nil }
        return Dictionary(grouping: firing) { $0["account"]?.text ?? "" }.mapValues { $0.compactMap { $0["condition"]?.text } }
    }

    // MARK: - The gateway itself

    private static func ofGateway(_ status: JSONValue, readiness: [UInt8], now: WallTime) -> [Need] {
        var needs: [Need] = []
        let ready = read(readiness)
        if ready?["status"]?.text != "ready" {
            let why = ProblemAnswer.detail(inJSON: readiness).map { ": \($0)" } ?? ""
            needs.append(Need(about: .gateway, kind: .notReady, words: "not ready\(why)"))
        }
        let gateway = status["gateway"]
        if gateway?["last_reload_refused"]?.boolean == true {
            let problems = (gateway?["last_reload_problems"]?.elements ?? []).compactMap(\.text)
            let age = gateway?["last_reload_at"]?.time.map { " " + Words.age($0.duration(to: now)) } ?? ""
            let first = problems.first.map { ": \($0)" } ?? ""
            let more = problems.count > 1 ? "; and \(problems.count - 1) more" : ""
            // Not `bursar check`, which reads what is there for whoever runs it: another file, without the gateway's variables.
            needs.append(
                Need(
                    about: .gateway, kind: .reloadRefused, words: "a reload was refused\(age)\(first)\(more)",
                    command: "bursar reload"))
        }
        if ready?["store"]?["status"]?.text == "degraded" {
            // A newer gateway may have a reason that is not known here.
            let why = ready?["store"]?["reason"]?.text.map { ": \(StoreReason(rawValue: $0)?.words ?? Words.spoken($0))" } ?? ""
            let held = gateway?["alerts_held"]?.boolean == true ? ", and no alert is told" : ""
            needs.append(
                Need(
                    about: .gateway, kind: .store,
                    words: "the store cannot be used\(why); the gateway's log names the file. "
                        + "What is new is kept in memory\(held)"))
        }
        return needs
    }

    private static func ofTargets(_ alerts: JSONValue) -> [Need] {
        (alerts["targets"]?.elements ?? []).compactMap { target in
            guard let name = target["name"]?.text, let state = target["state"]?.text, ["failing", "paused"].contains(state) else {
                return nil
            }
            let what = state == "paused" ? "says that nobody is there" : "fails"
            let reason = target["reason"]?.text.map { " (\(Words.spoken($0)))" } ?? ""
            let waiting = target["pending"]?.integer.flatMap { $0 > 0 ? $0 : nil }
            // Events and not messages: how many go into one message is seen when it is made.
            let wait = waiting.map { $0 == 1 ? "; 1 event waits" : "; \($0) events wait" } ?? ""
            // Only what is a name may stand in a command that somebody copies.
            return Need(
                about: .target(name), kind: .target, words: what + reason + wait,
                command: AccountName(name).map { "bursar alert test \($0)" })
        }
    }
}
