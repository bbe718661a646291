import BursarCatalog
import BursarInsight
import BursarModel
import Testing

@testable import BursarDelivery

/// No message is longer than its target takes, and what it leaves out is counted.
@Suite struct `What messages leave out` {
    private static let sample = AlertWords.Context(
        provider: "Sample & <Friends>", documentation: "https://sample.example/docs")

    private func text(_ count: Int, _ context: AlertWords.Context = sample) throws -> AlertText {
        let events = try (0..<count).map { try Messages.event(.unknown, $0) }
        return AlertText(Messages.dispatch(events), context: { _ in context }, now: Messages.now)
    }

    private func slack(_ message: AlertText) throws -> String {
        try #require(try JSONReader.read(SlackMessage.body(message))["text"]?.text)
    }

    private func more(_ number: Int) -> String { "And \(number) more: `bursar alert list` has them all." }

    @Test(arguments: [2, 20, 3_000]) func `a storm fits into what Discord takes, as whole events`(count: Int) throws {
        let sent = try slack(text(count))
        #expect(sent.utf16.count <= 2_000)
        let told = sent.split(separator: "\n\n").filter { $0.hasPrefix("sample/a") }
        #expect((2..<20).contains(told.count) && told.allSatisfy { $0.hasSuffix("https://sample.example/docs") })
        #expect(told.count == count || sent.hasSuffix(more(count - told.count)))
    }

    @Test(arguments: [1, 2]) func `one event that is too long by itself is cut between characters`(count: Int) throws {
        let sent = try slack(text(count, AlertWords.Context(provider: String(repeating: "&", count: 3_000))))
        #expect((1_990...2_000).contains(sent.utf16.count) && sent.hasPrefix("sample/a0: "))
        #expect(!sent.replacing("&amp;", with: "").contains("&"))
        #expect(sent.hasSuffix(more(1)) == (count == 2))
    }

    @Test func `a storm fits into a message of ntfy, as whole events`() throws {
        let body = String(decoding: NtfyMessage.body(try text(300)), as: UTF8.self)
        let told = body.split(separator: "\n\n").filter { $0.hasPrefix("sample/a") }
        #expect(body.utf8.count <= 4_000 && told.allSatisfy { $0.hasSuffix("https://sample.example/docs") })
        #expect(body.hasSuffix(more(300 - told.count)))
    }

    @Test func `a message with the longest names stays below 20 kB, with as many events as fit`() throws {
        let provider = try #require(ProviderID(String(repeating: "p", count: 32)))
        let events = try (10..<40).map { number in
            let account = try #require(AccountName(String(repeating: "a", count: 62) + "\(number)"))
            let key = AlertKey(AccountID(provider: provider, account: account), String(repeating: "r", count: 64))
            let facts = AlertFacts(
                value: ExactDecimal(String(repeating: "9", count: 38)), unit: AmountUnit("credits"), readAt: Messages.now,
                detail: "timeout")
            return AlertEvent(
                id: "evt_" + String(repeating: "0", count: 32), kind: .unknown, key: key, at: Messages.now, since: Messages.now,
                facts: facts, limit: "259200000")
        }
        let context = AlertWords.Context(
            provider: String(repeating: "P", count: 100),
            documentation: "https://sample.example/" + String(repeating: "d", count: 65))
        let message = AlertText(Messages.dispatch(events), context: { _ in context }, now: Messages.now)
        let body = WebhookMessage.body(message)
        let data = try #require(try JSONReader.read(body)["data"])
        let told = try #require(data["events"]?.elements?.count)
        #expect(body.count < 20_000 && (15..<20).contains(told))
        #expect(data["count"]?.integer == 30 && data["more"]?.integer == 30 - told)
    }

    @Test func `one event that is longer than a message may be is told all the same`() throws {
        let message = try text(3, AlertWords.Context(provider: String(repeating: "P", count: 30_000)))
        let data = try #require(try JSONReader.read(WebhookMessage.body(message))["data"])
        #expect(data["events"]?.elements?.count == 1 && data["more"]?.integer == 2)
    }
}
