import BursarBasics
import BursarCatalog
import BursarInsight
import BursarModel
import Testing

@testable import BursarDelivery

@Suite struct `Messages` {
    static let now = WallTime(seconds: 1_800_000_000)

    /// With what the ledger has of such an event; ``LedgerEvents`` are its own.
    static func event(_ kind: AlertEvent.Kind = .low, _ number: Int = 1) throws -> AlertEvent {
        let account = AccountID(
            provider: try #require(ProviderID("sample")), account: try #require(AccountName("a\(number)")))
        return AlertEvent(
            id: "evt_\(number)", kind: kind, key: AlertKey(account, "below"), at: now.advanced(by: .seconds(-30)),
            since: now.advanced(by: .seconds(-7_200)), facts: facts(kind),
            before: kind == .recovered ? facts(.low) : kind == .known ? facts(.unknown) : nil,
            limit: kind == .low || kind == .recovered ? "50" : "259200000", firing: kind.isRecovery ? "evt_0" : nil)
    }

    private static func facts(_ kind: AlertEvent.Kind) -> AlertFacts {
        var facts = AlertFacts(readAt: now.advanced(by: .seconds(-60)))
        switch kind {
        case .unknown: facts.detail = "timeout"
        case .keyRejected: facts.detail = "unauthorized"
        case .runwayShort: facts.detail = "172800000"
        case .toppedUp: facts.detail = "100"
        case .low, .recovered, .known, .test: break
        }
        guard kind != .unknown, kind != .keyRejected, kind != .test else { return facts }
        (facts.value, facts.unit) = (ExactDecimal("49.9900"), AmountUnit("credits"))
        return facts
    }

    static func dispatch(_ events: [AlertEvent]) -> AlertDispatch {
        AlertDispatch(id: "msg_1", target: "ops", content: .events(events), attempt: 1, at: now)
    }

    static func context(_ account: AccountID) -> AlertWords.Context? {
        var context = AlertWords.Context(
            provider: "Sample", topUp: "https://sample.example/top-up", documentation: "https://sample.example/docs")
        context.lastRead = now.advanced(by: .seconds(-300))
        return context
    }

    private func text(_ events: [AlertEvent]) -> AlertText {
        AlertText(Self.dispatch(events), context: Self.context, now: Self.now)
    }

    /// The vector of the specification's own libraries.
    @Test func `a signature is that of the published vector`() throws {
        let key = try #require(Base64.decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"))
        let signature = WebhookMessage.signature(
            id: "msg_p5jXN8AQM9LWM0D4loKWxJek", timestamp: "1614265330", body: Array(#"{"test": 2432232314}"#.utf8),
            key: Secret(key))
        #expect(signature == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=")
    }

    @Test func `while a secret is rotated there is a signature with each`() {
        let fields = WebhookMessage.fields(
            id: "msg_1", at: Self.now, body: [1],
            keys: [Secret([UInt8](repeating: 1, count: 24)), Secret([UInt8](repeating: 2, count: 24))])
        let signatures = fields.first { $0.name == "webhook-signature" }?.value.split(separator: " ") ?? []
        #expect(signatures.count == 2 && Set(signatures).count == 2 && signatures.allSatisfy { $0.hasPrefix("v1,") })
        #expect(fields.first { $0.name == "webhook-timestamp" }?.value == "1800000000")
    }

    /// One event in a webhook's message.
    private func told(_ event: AlertEvent) throws -> JSONValue {
        let body = try JSONReader.read(WebhookMessage.body(text([event])))
        #expect(body["type"]?.text == event.kind.rawValue && body["timestamp"]?.text == Self.now.rfc3339)
        return try #require(body["data"]?["events"]?[0])
    }

    @Test(arguments: LedgerEvents.kinds)
    func `every message says account, amount, unit, age, since when and what to do`(_ kind: AlertEvent.Kind) throws {
        let events = try LedgerEvents.all().filter { $0.kind == kind }
        #expect(!events.isEmpty)
        for event in events {
            let told = try told(event)
            let title = try #require(told["title"]?.text)
            let text = try #require(told["text"]?.text)
            #expect(told["account"]?.text == "sample/a1" && title.contains("sample/a1") && text.hasSuffix(" ago."))
            #expect(told["since"]?.text != nil && told["read_at"]?.text != nil && told["rule"]?.text == event.key?.rule)
            if kind == .unknown || kind == .keyRejected {
                #expect(told["value"] == .null && told["unit"] == .null)
            } else {
                let value = try #require(told["value"]?.text)
                #expect(told["unit"]?.text == "credits" && (title + text).contains("\(value) credits"))
            }
            if kind.isFiring {
                #expect(told["remedy"]?.text != nil && told["link"]?.text?.hasPrefix("https://sample.example/") == true)
            }
            #expect((told["firing"]?.text != nil) == kind.isRecovery)
        }
    }

    /// By kind and rule.
    private func told(_ kind: AlertEvent.Kind, _ rule: String) throws -> JSONValue {
        try told(try #require(try LedgerEvents.all().first { $0.kind == kind && $0.key?.rule == rule }))
    }

    @Test func `a low balance is told with its limit, and its end with both amounts`() throws {
        let low = try told(.low, "below")
        #expect(low["limit"]?.text == "50" && low["link"]?.text == "https://sample.example/top-up")
        #expect(low["title"]?.text == "sample/a1 is low: 40 credits")
        #expect(low["text"]?.text?.hasPrefix("Below 50 credits since ") == true)
        let end = try told(.recovered, "below")
        #expect(end["limit"]?.text == "50" && end["value"]?.text == "9040" && end["before"]?["value"]?.text == "40")
        #expect(end["text"]?.text?.contains(", and was 40 credits when it began. Read ") == true)
    }

    @Test func `a short runway is told with what is left, and its end with both amounts and how long they last`() throws {
        let short = try told(.runwayShort, "runway")
        #expect(short["title"]?.text == "sample/a1 is expected to last 2 days: 40 credits")
        #expect(short["text"]?.text?.hasPrefix("Less than 3 days since ") == true)
        #expect(short["limit_seconds"]?.integer == 259_200 && short["expected_seconds"]?.integer == 172_800)
        let end = try told(.recovered, "runway")
        #expect(end["title"]?.text == "sample/a1 has recovered: 9040 credits")
        #expect(
            end["text"]?.text?.contains(
                ". The balance was expected to last 2 days when that began, with 40 credits left, "
                    + "and is now expected to last 100 days. Read ") == true)
        #expect(end["limit_seconds"]?.integer == 259_200 && end["expected_seconds"]?.integer == 8_640_000)
        #expect(end["before"]?["value"]?.text == "40" && end["before"]?["expected_seconds"]?.integer == 172_800)
    }

    @Test func `what is not known is told with its limit and with when it was read last`() throws {
        let unknown = try told(.unknown, "unavailable")
        #expect(unknown["limit_seconds"]?.integer == 60 && unknown["problem"]?.text == "timeout")
        #expect(unknown["text"]?.text?.hasSuffix(": timeout. The limit is 1 min. Last read 5 min ago.") == true)
        #expect(try told(.keyRejected, "key")["text"]?.text?.hasSuffix(" any more. Last read 5 min ago.") == true)
        let never = AlertWords(try Self.event(.unknown), nil, now: Self.now).text
        #expect(never.hasSuffix(": timeout. The limit is 3 days."))
    }

    @Test func `what an earlier version kept of a runway, without an amount, is told all the same`() throws {
        let short = try Self.event(.runwayShort)
        var facts = short.facts
        (facts.value, facts.unit) = (nil, nil)
        func end(_ now: AlertFacts) -> String {
            let event = AlertEvent(
                id: "evt_2", kind: .recovered, key: short.key, at: Self.now, since: short.since, facts: now, before: facts,
                limit: short.limit)
            return AlertWords(event, nil, now: Self.now).text
        }
        let began = "It lasted 2 h. The balance was expected to last 2 days when that began"
        #expect(end(facts) == began + ", and is now expected to last 2 days. Read 60 s ago.")
        // After a restart no more may be known of now.
        #expect(end(AlertFacts(readAt: Self.now)) == began + ". Read 0 s ago.")
        let open = try Self.event(.low).facts
        #expect(end(open) == began + ", and now no end is in sight. Read 60 s ago.")
        let old = AlertEvent(
            id: "evt_1", kind: .runwayShort, key: short.key, at: short.at, since: short.since, facts: facts, limit: short.limit)
        #expect(AlertWords(old, nil, now: Self.now).title == "sample/a1 is expected to last 2 days")
    }

    @Test func `a test says that nothing is wrong`() throws {
        let event = AlertEvent(
            id: "evt_t", kind: .test, key: nil, at: Self.now, since: Self.now, facts: AlertFacts(readAt: Self.now))
        let told = try told(event)
        #expect(told["title"]?.text == "Bursar: a test" && told["account"] == .null && told["remedy"] == .null)
    }

    @Test func `a rejected key is told with where it comes from, a low balance with how long it lasts`() throws {
        var context = AlertWords.Context(provider: "Sample", keySource: "${file:/run/secrets/sample}")
        context.runway = "46 minutes to 5 hours"
        let rejected = AlertWords(try Self.event(.keyRejected), context, now: Self.now)
        #expect(rejected.remedy == "Put a valid key where this one comes from, ${file:/run/secrets/sample}, and reload.")
        let low = AlertWords(try Self.event(.low), context, now: Self.now)
        #expect(low.text.hasSuffix(" ago. Expected to last 46 minutes to 5 hours."))
        let short = AlertWords(try Self.event(.runwayShort), nil, now: Self.now)
        #expect(short.text.hasPrefix("Less than 3 days since "))
        #expect(AlertWords(try Self.event(.keyRejected), nil, now: Self.now).remedy?.contains("comes from, and") == true)
    }

    @Test func `a message stays below 20 kB, whatever it sums up, and says how many more there are`() throws {
        let events = try (0..<3_000).map { try Self.event(.keyRejected, $0) }
        let body = WebhookMessage.body(text(events))
        #expect(body.count < 20_000)
        let json = try JSONReader.read(body)
        #expect(json["data"]?["count"]?.integer == 3_000 && json["data"]?["more"]?.integer == 2_980)
        #expect(json["data"]?["events"]?.elements?.count == 20)
    }

    @Test func `a message without events has no lines, and every form of it can be made`() {
        let empty = text([])
        #expect(empty.lines.isEmpty && empty.title == "Bursar")
        for body in [SlackMessage.body(empty), NtfyMessage.body(empty), WebhookMessage.body(empty)] {
            #expect(body.count < 1_000)
        }
        #expect(NtfyMessage.fields(empty, token: nil).contains { $0.name == "title" && $0.value == "Bursar" })
    }

    @Test func `events are told with an empty line between them, and none behind the last`() throws {
        let lines = text([try Self.event(.low, 1), try Self.event(.low, 2)]).lines
        #expect(lines.filter(\.isEmpty).count == 1 && lines.last?.isEmpty == false)
    }

    @Test func `the gravest comes first`() throws {
        let body = try JSONReader.read(
            WebhookMessage.body(text([try Self.event(.toppedUp, 1), try Self.event(.low, 2), try Self.event(.keyRejected, 3)])))
        #expect(body["type"]?.text == "key.rejected")
        #expect(body["data"]?["events"]?.elements?.compactMap { $0["account"]?.text } == ["sample/a3", "sample/a2", "sample/a1"])
    }

    private func alert(_ report: AlertReport, at: WallTime = now) throws -> JSONValue? {
        let dispatch = AlertDispatch(id: "msg", target: "am", content: .states([report]), attempt: 1, at: at)
        return try JSONReader.read(AlertmanagerMessage.body(dispatch, context: Self.context, now: at))[0]
    }

    @Test func `labels of an alert do not change while it fires, and its end lies ahead`() throws {
        let event = try Self.event()
        let first = try alert(AlertReport(event: event))
        let later = try alert(AlertReport(event: event), at: Self.now.advanced(by: .seconds(60)))
        #expect(first?["labels"] == later?["labels"] && first?["startsAt"] == later?["startsAt"])
        #expect(first?["endsAt"]?.text == Self.now.advanced(by: .seconds(900)).rfc3339)
        #expect(first?["annotations"]?["summary"]?.text == "sample/a1 is low: 49.9900 credits")
        #expect(later?["annotations"]?["description"]?.text?.hasSuffix("Read 2 min ago.") == true)
    }

    @Test func `the end of an alert has its labels, both amounts, and how long it was`() throws {
        let event = try Self.event()
        let end = AlertEvent(
            id: "evt_2", kind: .recovered, key: event.key, at: Self.now, since: Self.now.advanced(by: .seconds(-300)),
            facts: AlertFacts(value: ExactDecimal(200), unit: AmountUnit("credits"), readAt: Self.now), before: event.facts,
            limit: event.limit, firing: event.id)
        let (firing, ended) = try (alert(AlertReport(event: event)), alert(AlertReport(event: event, end: end)))
        #expect(ended?["labels"] == firing?["labels"] && ended?["startsAt"] == firing?["startsAt"])
        #expect(ended?["endsAt"]?.text == Self.now.rfc3339)
        let words = ended?["annotations"]
        #expect(words?["summary"]?.text == "sample/a1 has recovered: 200 credits" && words?["value"]?.text == "200")
        #expect(
            words?["description"]?.text == "It lasted 5 min, and was 49.9900 credits when it began. Read 0 s ago.")
        #expect(words?["remedy"] == nil && ended?["generatorURL"] == nil)
    }

    @Test(arguments: [0, 1]) func `a body for ntfy is not cut within a character`(shift: Int) throws {
        let name = String(repeating: "x", count: shift) + String(repeating: "Ä", count: 2_500)
        let message = AlertText(
            Self.dispatch([try Self.event(.unknown)]), context: { _ in AlertWords.Context(provider: name) }, now: Self.now)
        let body = NtfyMessage.body(message)
        #expect((3_999...4_000).contains(body.count) && String(validating: body, as: UTF8.self) != nil)
    }

    @Test func `slack's own characters are escaped, and ntfy has a title, a priority and a link`() throws {
        let message = text([try Self.event(.unknown)])
        let slack = try JSONReader.read(SlackMessage.body(message))["text"]?.text ?? ""
        #expect(slack.contains("sample/a1") && !slack.contains("<"))
        let fields = NtfyMessage.fields(text([try Self.event()]), token: Secret("tk_abcdefgh"))
        func field(_ name: String) -> String? { fields.first { $0.name == name }?.value }
        #expect(field("title") == "sample/a1 is low: 49.9900 credits" && field("priority") == "high")
        #expect(field("click") == "https://sample.example/top-up" && field("authorization") == "Bearer tk_abcdefgh")
    }
}
