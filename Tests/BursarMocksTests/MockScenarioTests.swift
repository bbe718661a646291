import Testing

@testable import BursarMocks

struct MockScenarioTests {
    @Test(arguments: MockScenario.all.map(\.sample))
    func `every listed sample reads, and tells its own name`(sample: String) throws {
        let scenario = try #require(MockScenario(sample))
        #expect(scenario.description == sample)
    }

    @Test(arguments: [
        ("429", MockScenario.rateLimited(.none)), ("429-retry-after-0", .rateLimited(.seconds(0))),
        ("429-retry-after--5", .rateLimited(.malformed("-5"))), ("429-retry-after-soon", .rateLimited(.malformed("soon"))),
        ("429-date--5", .rateLimited(.date(secondsAhead: -5))), ("503", .status(503)),
        ("503-retry-after-2", .unavailable(retryAfter: 2)), ("slow-250ms", .slow(.milliseconds(250))),
        ("slow-2s", .slow(.seconds(2))), ("slow-1m", .slow(.seconds(60))), ("balance--0.50", .balance("-0.50")),
        ("error-inside-200-429", .errorInside200(code: 429)), ("echo-key-401", .echoKey(status: 401))
    ])
    func `a parameter is read and written back`(name: String, scenario: MockScenario) {
        #expect(MockScenario(name) == scenario)
        #expect(scenario.description == name)
    }

    @Test(arguments: [
        "", "OK", "ok-", "ok-204", "ok-205", "ok-199", "ok-300", "ok-0201", "nonsense", "200", "600", "4000", "0429", "429-",
        "429-retry-after-", "429-retry-after-a b", "429-date-",
        "429-date-+5", "429-text--1", "429-date-99999999999", "slow-", "slow-ms", "slow-61m", "slow-1h", "slow--5ms",
        "balance-", "balance-x", "balance-1e999", "flaky-0", "flaky--1", "flaky-", "echo-key-200", "error-inside-200-",
        "error-inside-200-999999", "ok ", " ok", "ok\r\nSet-Cookie: x", "429-retry-after-\u{0}", "slow-99999999999999999999s"
    ])
    func `what is no scenario is nil and never a trap`(name: String) {
        #expect(MockScenario(name) == nil)
    }

    @Test func `a name longer than any scenario's is not looked at`() {
        #expect(MockScenario("429-retry-after-" + String(repeating: "9", count: 100_000)) == nil)
        #expect(MockScenario("balance-" + String(repeating: "1", count: 100)) == nil)
    }

    @Test func `the list names each form once`() {
        let names = MockScenario.all.map(\.name)
        #expect(Set(names).count == names.count)
    }
}
