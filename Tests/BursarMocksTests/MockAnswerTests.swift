import BursarHTTP
import BursarModel
import TestSupport
import Testing

@testable import BursarMocks

struct MockAnswerTests {
    private static let now = WallTime(milliseconds: 1_795_255_200_999)  // 2026-11-21T10:00:00.999Z

    private func answer(
        _ name: String, _ provider: MockProvider, turn: Int = 1, key: String = "k"
    ) throws -> MockAnswer {
        let scenario = try #require(MockScenario(name))
        return provider.answer(
            .init(turn: .init(scenario: scenario, number: turn), key: Secret(key), now: Self.now))
    }

    private func body(_ name: String, _ provider: MockProvider, turn: Int = 1) throws -> String {
        String(decoding: try answer(name, provider, turn: turn).body, as: UTF8.self)
    }

    private func amount(_ name: String, _ provider: MockProvider) throws -> ExactDecimal? {
        provider.reading(of: try answer(name, provider).body)?.amounts.first?.value
    }

    private func header(_ name: String, of answer: MockAnswer) -> String? { answer.headers.first { $0.name == name }?.value }

    @Test(arguments: MockScenario.all.map(\.sample))
    func `every answer says which scenario it is`(sample: String) throws {
        for provider in [Fixture.envelope, Fixture.text, Fixture.scaled, Fixture.negated, Fixture.bare] {
            #expect(header("Bursar-Mock", of: try answer(sample, provider)) == sample)
        }
    }

    @Test func `ok is the example, byte for byte`() throws {
        #expect(try answer("ok", Fixture.envelope).body == Fixture.envelope.success.body)
        #expect(try answer("ok", Fixture.envelope).status == 200)
    }

    @Test func `a changed amount leaves every other byte as it is`() throws {
        let changed = try body("balance-12.3400", Fixture.envelope)
        #expect(changed == #"{ "code": 200, "data": {"balance": 12.3400, "low": false, "note": "é"} }"#)
        #expect(try body("balance--0.5", Fixture.text) == #"{"balance_usd":"-0.5"}"#)
    }

    @Test func `depleted and low keep the example's decimals and raise the provider's flag`() throws {
        #expect(
            try body("depleted", Fixture.envelope)
                == #"{ "code": 200, "data": {"balance": 0.000, "low": true, "note": "é"} }"#)
        #expect(try body("low", Fixture.text) == #"{"balance_usd":"1.0000"}"#)
    }

    @Test func `an amount that is computed from the number is met exactly`() throws {
        #expect(try amount("balance-12.34", Fixture.scaled)?.description == "12.3400")
        #expect(try amount("balance-12.34", Fixture.negated)?.description == "12.34")
        #expect(try amount("depleted", Fixture.negated)?.isZero == true)
    }

    @Test func `drift falls with each call, in the example's decimals, and ends at 0`() throws {
        #expect(try body("drift", Fixture.text, turn: 1) == #"{"balance_usd":"12.3400"}"#)
        #expect(try body("drift", Fixture.text, turn: 2) == #"{"balance_usd":"12.2166"}"#)
        #expect(try body("drift", Fixture.text, turn: 3) == #"{"balance_usd":"12.0932"}"#)
        #expect(try body("drift", Fixture.text, turn: 102) == #"{"balance_usd":"0.0000"}"#)
        #expect(try body("drift", Fixture.text, turn: .max) == #"{"balance_usd":"0.0000"}"#)
    }

    @Test func `a top-up comes with every fifth call`() throws {
        let amounts = try (1...6).map { try body("top-up", Fixture.text, turn: $0) }
        #expect(
            amounts == ["12.3400", "11.1060", "9.8720", "8.6380", "7.4040", "12.3400"].map { #"{"balance_usd":"\#($0)"}"# })
    }

    @Test func `flaky fails every nth call`() throws {
        #expect(try (1...6).map { try answer("flaky-3", Fixture.text, turn: $0).status } == [200, 200, 500, 200, 200, 500])
    }

    @Test func `big-number has more digits than a double, where the definition reads them back`() throws {
        let body = try body("big-number", Fixture.text)
        #expect(body == #"{"balance_usd":"12345678901234567890123456789.123456789"}"#)
        let narrow = Fixture.provider(example: #"{"n":1}"#, amountPath: [.key("n")]) { body in
            Fixture.number([.key("n")], in: body).flatMap { $0 < ExactDecimal(10_000_000_000) ? $0 : nil }
        }
        #expect(String(decoding: try answer("big-number", narrow).body, as: UTF8.self) == #"{"n":9999999999.9999}"#)
    }

    @Test func `a 429 tells its wait in the one way its name says`() throws {
        let seconds = try answer("429-retry-after-3", Fixture.text)
        #expect(seconds.status == 429)
        #expect(header("Retry-After", of: seconds) == "3")
        #expect(header("Retry-After", of: try answer("429-retry-after-0", Fixture.text)) == "0")
        #expect(header("Retry-After", of: try answer("429-retry-after-soon", Fixture.text)) == "soon")
        #expect(header("Retry-After", of: try answer("429-date-5", Fixture.text)) == "Sat, 21 Nov 2026 10:00:05 GMT")
        #expect(header("Retry-After", of: try answer("429-date--5", Fixture.text)) == "Sat, 21 Nov 2026 09:59:55 GMT")

        let text = try answer("429-text-17", Fixture.text)
        #expect(header("Retry-After", of: text) == nil)
        #expect(
            String(decoding: text.body, as: UTF8.self)
                == #"{"detail":"Request was throttled. Expected available in 17 seconds."}"#)
        #expect(try body("429-text-1", Fixture.text).contains("in 1 second."))

        let field = try answer("429-ratelimit-30", Fixture.text)
        #expect(header("RateLimit", of: field) == #""default";r=0;t=30"#)
        #expect(header("Retry-After", of: field) == nil)

        let bare = try answer("429", Fixture.text)
        #expect(bare.headers == [.init("Bursar-Mock", "429")])
        #expect(String(decoding: bare.body, as: UTF8.self) == #"{"detail":"Request was throttled."}"#)
        #expect(header("Retry-After", of: try answer("503-retry-after-2", Fixture.text)) == "2")
    }

    @Test func `an error is the documented example, else in the documented shape, else plain text`() throws {
        #expect(try body("401", Fixture.text) == #"{"detail":"Invalid token."}"#)
        #expect(header("WWW-Authenticate", of: try answer("401", Fixture.text)) == "Token")
        #expect(try body("500", Fixture.text) == #"{"detail":"Internal Server Error"}"#)
        #expect(try body("500", Fixture.bare) == "Internal Server Error\n")
        #expect(try answer("502", Fixture.bare).contentType == "text/plain; charset=utf-8")
    }

    @Test func `an error inside 200 is in the envelope's code where the definition has one`() throws {
        #expect(
            try body("error-inside-200-429", Fixture.envelope)
                == #"{ "code": 429, "data": {"balance": 72.048, "low": false, "note": "é"} }"#)
        #expect(try body("error-inside-200-401", Fixture.text) == #"{"detail":"Invalid token."}"#)
        #expect(try answer("error-inside-200", Fixture.text).status == 200)
    }

    @Test func `broken bodies are broken in their one way`() throws {
        #expect(try body("wrong-types", Fixture.text) == #"{"balance_usd":true}"#)
        #expect(try body("duplicate-keys", Fixture.text) == #"{"balance_usd":"999999","balance_usd":"12.3400"}"#)
        #expect(try body("truncated-json", Fixture.text) == #"{"balance_us"#)
        #expect(try answer("truncated", Fixture.text).ending == .truncated(after: 12))
        #expect(try answer("truncated", Fixture.text).body == Fixture.text.success.body)
        #expect(try answer("huge", Fixture.text).body.count == 2_097_152 + Fixture.text.success.body.count)
        #expect(try answer("html", Fixture.text).contentType == "text/html; charset=utf-8")
        #expect(try answer("hang", Fixture.text).ending == .hang)
        #expect(try answer("reset", Fixture.text).ending == .reset)
        #expect(try answer("stalled", Fixture.text).ending == .stalled(after: 12))
        #expect(try answer("slow-250ms", Fixture.text).delay == .milliseconds(250))
        #expect(try answer("drip-10ms", Fixture.text).ending == .dripped(bytes: 16, every: .milliseconds(10)))
    }

    @Test func `gzip holds the example, the bomb 64 MiB, and bad gzip nothing`() throws {
        let good = try answer("gzip", Fixture.text)
        #expect(header("Content-Encoding", of: good) == "gzip")
        #expect(try Gunzip.bytes(good.body, limit: 1_000) == Fixture.text.success.body)

        let bomb = try answer("gzip-bomb", Fixture.text).body
        #expect(bomb.count < 1_048_576)
        #expect(throws: GzipError.tooLarge) { try Gunzip.bytes(bomb, limit: 1_048_576) }
        #expect(try Gunzip.bytes(bomb, limit: MockGzip.bombSize).count == MockGzip.bombSize)

        let bad = try answer("bad-gzip", Fixture.text).body
        #expect(throws: GzipError.malformed) { try Gunzip.bytes(bad, limit: 1_000) }
    }

    @Test func `a redirect stays on the mocks' own server`() throws {
        let redirect = try answer("redirect", Fixture.text)
        #expect(redirect.status == 302)
        #expect(header("Location", of: redirect) == "/_mock/redirected/alpha")
    }

    @Test func `the key is echoed in every encoding a leak test looks for`() throws {
        let key = #"s3cr"t\/k+y="#
        let echoed = try answer("echo-key", Fixture.text, key: key)
        let text = String(decoding: echoed.body, as: UTF8.self)
        #expect(text.hasSuffix(#""balance_usd":"12.3400"}"#))
        #expect(text.contains(#""s3cr\"t\\/k+y=""#))
        #expect(text.contains("s3cr%22t%5C%2Fk%2By%3D"))
        #expect(text.contains("czNjciJ0XC9rK3k9"))
        #expect(text.contains("7333637222745c2f6b2b793d"))
        #expect(header("X-Echo-Key", of: echoed) == key)

        let failure = try answer("echo-key-401", Fixture.text, key: key)
        #expect(failure.status == 401)
        #expect(String(decoding: failure.body, as: UTF8.self).contains("s3cr%22t"))
    }

    @Test func `no other scenario tells the key`() throws {
        for form in MockScenario.all where !form.name.hasPrefix("echo-key") {
            let answer = try answer(form.sample, Fixture.envelope, key: "CANARY-8f3")
            #expect(!String(decoding: answer.body.prefix(10_000), as: UTF8.self).contains("CANARY"))
            #expect(!answer.headers.contains { $0.value.contains("CANARY") })
        }
    }

    @Test func `scenarios with impossible parameters are answered all the same`() {
        let impossible: [MockScenario] = [
            .status(0), .okWith(status: 204), .okWith(status: .max), .status(.max), .status(200), .flaky(every: 0),
            .flaky(every: .min), .slow(.seconds(-5)), .balance(""),
            .balance("\"}{"), .echoKey(status: -1), .rateLimited(.seconds(.min)), .rateLimited(.date(secondsAhead: .max)),
            .rateLimited(.date(secondsAhead: .min)), .rateLimited(.malformed("a\r\nb")), .errorInside200(code: .min),
            .unavailable(retryAfter: .min), .drip(every: .seconds(-1)), .rateLimited(.text(seconds: .max))
        ]
        for scenario in impossible {
            for provider in [Fixture.envelope, Fixture.text, Fixture.bare, Fixture.negated] {
                let answer = provider.answer(
                    .init(turn: .init(scenario: scenario, number: .min), key: Secret(""), now: WallTime(milliseconds: .max)))
                #expect((200...599).contains(answer.status))
            }
        }
    }
}
