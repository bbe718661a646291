import BursarBasics
import BursarCatalog
import BursarInsight
import BursarModel
import Testing

@testable import BursarDelivery

@Suite struct `Messages` {
    static let now = WallTime(seconds: 1_800_000_000)

    static func event(_ kind: AlertEvent.Kind = .low, _ number: Int = 1) throws -> AlertEvent {
        let account = AccountID(
            provider: try #require(ProviderID("sample")), account: try #require(AccountName("a\(number)")))
        return AlertEvent(
            id: "evt_\(number)", kind: kind, key: AlertKey(account, "below"), at: now.advanced(by: .seconds(-30)),
            since: now.advanced(by: .seconds(-7_200)),
            facts: AlertFacts(
                value: ExactDecimal("49.9900"), unit: AmountUnit("credits"), readAt: now.advanced(by: .seconds(-60)),
                detail: kind == .runwayShort ? "172800000" : kind == .toppedUp ? "100" : "timeout"),
            before: kind.isRecovery ? AlertFacts(value: ExactDecimal(3), unit: AmountUnit("credits"), readAt: now) : nil,
            limit: kind == .low ? "50" : "259200000", firing: kind.isRecovery ? "evt_0" : nil)
    }

    static func dispatch(_ events: [AlertEvent]) -> AlertDispatch {
        AlertDispatch(id: "msg_1", target: "ops", content: .events(events), attempt: 1, at: now)
    }

    static func context(_ account: AccountID) -> AlertWords.Context? {
        AlertWords.Context(
            provider: "Sample", topUp: "https://sample.example/top-up", documentation: "https://sample.example/docs")
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

    @Test(arguments: AlertEvent.Kind.allCases)
    func `every message says account, amount, unit, age, since when and what to do`(_ kind: AlertEvent.Kind) throws {
        let event = try Self.event(kind)
        let body = try JSONReader.read(WebhookMessage.body(text([event])))
        #expect(body["type"]?.text == kind.rawValue && body["timestamp"]?.text == Self.now.rfc3339)
        let told = try #require(body["data"]?["events"]?[0])
        #expect(told["account"]?.text == "sample/a1" && told["value"]?.text == "49.9900" && told["unit"]?.text == "credits")
        #expect(told["since"]?.text != nil && told["read_at"]?.text != nil && told["rule"]?.text == "below")
        guard kind != .test else { return }
        #expect(told["title"]?.text?.contains("sample/a1") == true)
        if kind.isFiring {
            #expect(told["remedy"]?.text != nil && told["link"]?.text?.hasPrefix("https://sample.example/") == true)
        }
        if kind == .low {
            #expect(told["limit"]?.text == "50" && told["link"]?.text == "https://sample.example/top-up")
            #expect(told["title"]?.text == "sample/a1 is low: 49.9900 credits")
        }
        if kind.isRecovery { #expect(told["before"]?["value"]?.text == "3" && told["firing"]?.text == "evt_0") }
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
