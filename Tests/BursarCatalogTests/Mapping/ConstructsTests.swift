import BursarModel
import Testing

@testable import BursarCatalog

/// What the mapping can say beside a path and a unit: one test a construct.
@Suite struct ConstructsTests {
    private func made(_ mapping: String, example: String = "{balance: 12.5}", schema: String = "{type: object}") throws
        -> ProviderDefinition
    {
        try Catalog.single(definition(mapping: mapping, schema: schema, example: example))
    }

    // MARK: - The row's own amount (E, bug 1)

    @Test func `neither another kind nor another unit stands in for an available amount that is not told`() throws {
        let key = try made(
            "amounts: [{unit: USD, available: left, granted: limit, words: {null: unlimited}}]", example: "{left: 1, limit: 2}")
        let unlimited = try #require(key.reading(#"{"left":null,"limit":100}"#))
        #expect(unlimited.available == nil)
        #expect(unlimited.amounts.map(\.words) == ["granted 100 USD"])
        #expect(unlimited.providerSaysLow == false)

        let held = try made("amounts: [{unit: USD, available: a?, reserved: r?}]", example: "{a: 1, r: 2}")
        #expect(held.reading(#"{"r":1}"#)?.available == nil)

        let two = try made(
            "amounts: [{unit: credits, available: a, words: {null: unlimited}}, {unit: USD, available: u}]",
            example: "{a: 1, u: 2}")
        #expect(two.reading(#"{"a":null,"u":4}"#)?.available == nil)
        #expect(two.reading(#"{"a":3,"u":4}"#)?.available?.unit.name == "credits")
    }

    @Test func `the body may say which unit is the row's own`() throws {
        let venice = try made(
            "first: use\n  amounts: [{unit: DIEM, available: d?}, {unit: USD, available: u?}]", example: "{use: DIEM, d: 1, u: 2}"
        )
        #expect(venice.reading(#"{"use":"USD","d":1,"u":2}"#)?.available?.value.description == "2")
        #expect(venice.reading(#"{"use":"USD","d":1,"u":null}"#)?.available == nil)
        #expect(venice.reading(#"{"use":null,"d":1,"u":2}"#)?.available?.value.description == "1")
    }

    // MARK: - Figures

    @Test func `a scale is any factor, exactly or rounded down`() throws {
        let minutes = try made("amounts: [{unit: minutes, available: balance, scale: 1/60, decimals: 2}]")
        #expect(minutes.amounts(#"{"balance":450}"#) == ["available 7.5 minutes"])
        #expect(minutes.amounts(#"{"balance":100}"#) == ["available 1.66 minutes"])
        #expect(minutes.amounts(#"{"balance":-100}"#) == ["available -1.67 minutes"])
        let quota = try made("amounts: [{unit: USD, available: balance, scale: 1/500000}]")
        #expect(quota.amounts(#"{"balance":1650000}"#) == ["available 3.3 USD"])
        let cents = try made("amounts: [{unit: USD, available: balance, scale: 0.01}]")
        #expect(cents.amounts(#"{"balance":1250}"#) == ["available 12.50 USD"])
        #expect(
            Catalog.problems(definition(mapping: "amounts: [{unit: minutes, available: balance, scale: 1/60}]")).map(\.message)
                == ["this scale has no end in decimals"])
    }

    @Test func `absent counts as 0 only where the file says so`() throws {
        let sum = try made("amounts: [{unit: credits, available: a?0 + b}]", example: "{a: 1, b: 2}")
        #expect(sum.amounts(#"{"a":null,"b":2}"#) == ["available 2 credits"])
        #expect(sum.failure(#"{"a":1,"b":null}"#)?.reason == "b is null")
        let list = try made("amounts: [{unit: credits, available: 'sum(x[].n?0)'}]", example: "{x: [{n: 1}]}")
        #expect(list.amounts(#"{"x":[{"n":1.5},{}]}"#) == ["available 1.5 credits"])
        // An empty list is nothing to tell, alone, and adds nothing beside others (C10).
        #expect(list.amounts(#"{"x":[]}"#) == [])
        let beside = try made("amounts: [{unit: USD, available: '-owed + sum(x[].n)'}]", example: "{owed: -1, x: [{n: 1}]}")
        #expect(beside.amounts(#"{"owed":-5.25,"x":[]}"#) == ["available 5.25 USD"])
    }

    @Test func `absent means no limit only where the file says so`() throws {
        let mapping = "amounts: [{unit: credits, available: 'cap?unlimited - spent?', used: spent?}]"
        let capped = try made(mapping, example: "{cap: 9, spent: 1}")
        #expect(capped.amounts(#"{"cap":9,"spent":2.5}"#) == ["available 6.5 credits", "used 2.5 credits"])
        for body in [#"{"spent":2.5}"#, #"{"cap":null,"spent":2.5}"#] {
            let reading = try #require(capped.reading(body))
            #expect(reading.amounts.map(\.words) == ["used 2.5 credits"] && reading.providerSaysLow == false)
        }
        // What is taken from something must be known.
        let taken = try made(
            "amounts: [{unit: credits, available: 'cap - reserve?unlimited', limit: cap}]", example: "{cap: 9, reserve: 1}")
        #expect(taken.amounts(#"{"cap":9}"#) == ["limit 9 credits"])
        #expect(try #require(taken.reading(#"{"cap":9}"#)).providerSaysLow == nil)
        #expect(
            Catalog.problems(
                definition(mapping: "amounts: [{unit: credits, available: 'sum(x[].n?unlimited)'}]", example: "{x: []}")
            )
            .contains { $0.message.contains("within sum(…) a field may be ?0") })
    }

    @Test func `elements count where a condition holds`() throws {
        let packs = try made(
            "amounts: [{unit: credits, available: 'sum(p[].n)', where: {s: [online, trial], 'e?': future}}]",
            example: "{p: [{n: 1, s: online, e: null}]}")
        let body = #"{"p":[{"n":25.5,"s":"online","e":4070908800000},{"n":118,"s":"expired"},{"n":7,"s":"trial","e":978307200}]}"#
        #expect(packs.amounts(body) == ["available 25.5 credits"])
        #expect(packs.amounts(#"{"p":[{"n":7,"s":"expired"}]}"#) == ["available 0 credits"])
    }

    @Test func `elements of one unit are added up where the file says so`() throws {
        let wallets = try made(
            "amounts: [{each: w, unit: {at: u, money: true}, merge: sum, available: n, reserved: r?}]",
            example: "{w: [{n: 1, u: usd, r: 1}]}")
        #expect(
            wallets.amounts(#"{"w":[{"n":1.5,"u":"usd","r":1},{"n":2,"u":"EUR","r":0},{"n":0.25,"u":"USD"}]}"#)
                == ["available 2 EUR", "reserved 0 EUR", "available 1.75 USD"])
        #expect(wallets.failure(#"{"w":[{"n":1,"u":"dollars"}]}"#)?.reason == "w[0].u is no currency")
        #expect(wallets.amounts(#"{"w":[]}"#) == [])
    }

    @Test func `a unit may follow from the account`() throws {
        let yaml = definition(
            mapping: "amounts: [{unit: {parameter: region, names: {ai: USD, cn: CNY}}, available: balance}]",
            server: "https://api.example.{region}"
        ).replacing(
            "servers: [{url: \"https://api.example.{region}\"}]",
            with: "servers: [{url: \"https://api.example.{region}\", variables: {region: {default: ai, enum: [ai, cn]}}}]")
        let host = try Catalog.single(yaml)
        let body = Array(#"{"balance":5}"#.utf8)
        func unit(_ parameters: [String: String]) -> String? {
            let context = ReadingContext(parameters: parameters, now: WallTime(seconds: 1_790_000_000))
            guard case .reading(let reading) = host.evaluate(status: 200, contentType: nil, body: body, context) else {
                return nil
            }
            return reading.available?.unit.name
        }
        #expect(unit([:]) == "USD")
        #expect(unit(["region": "cn"]) == "CNY")
        #expect(host.origin(parameters: ["region": "cn"]) == "https://api.example.cn")
        #expect(host.origin(parameters: ["region": "evil"]) == nil)
        #expect(host.server.isDocumented("https://api.example.cn") && !host.server.isDocumented("https://api.example.evil"))
    }

    @Test func `parts of one kind and unit stand beside each other, with when they end`() throws {
        let pools = try made(
            "amounts: [{unit: credits, part: plan, available: a, resets: r}, {unit: credits, part: topup, available: b, expires: [e, f]}]",
            example: "{a: 1, b: 2, r: 2099-12-01, f: 4099766400}")
        #expect(
            pools.reading(#"{"a":1,"b":2,"r":"2026-12-01","f":1796083200000}"#)?.lines == [
                "available 1 credits part plan resets 2026-12-01T00:00:00.000Z",
                "available 2 credits part topup expires 2026-12-01T00:00:00.000Z"
            ])
        #expect(
            Catalog.problems(definition(mapping: "amounts: [{unit: c, available: balance}, {unit: c, available: balance}]")).map(
                \.message) == ["the available amount in c stands twice"])
    }

    // MARK: - Words and flags (C13)

    @Test func `a flag says unlimited, and numbers are compared by value`() throws {
        let flag = try made(
            "amounts: [{unit: credits, available: left, used: used, unlimited: is_unlimited}]",
            example: "{left: 1, used: 2, is_unlimited: false}")
        let reading = try #require(flag.reading(#"{"left":0,"used":7,"is_unlimited":true}"#))
        #expect(reading.lines == ["used 7 credits", "low false"])
        #expect(reading.available == nil)
        let word = try made("amounts: [{unit: credits, available: balance, words: {-1: unlimited, '': unknown, out: depleted}}]")
        for body in [#"{"balance":-1}"#, #"{"balance":-1.0}"#, #"{"balance":"-1"}"#] {
            #expect(word.reading(body)?.lines == ["low false"], "\(body)")
        }
        #expect(
            word.failure(#"{"balance":""}"#)?.reason
                == "there is no amount: available is left out because balance is said to be unknown")
        #expect(word.reading(#"{"balance":"out"}"#)?.lines == ["available 0 credits", "low true"])
    }

    // MARK: - Outcomes (C5)

    @Test func `used up and nothing to tell are answers, by code, status and word`() throws {
        let mapping = """
            success: {code: 0}
              codes: {at: [code, plan], map: {7: depleted, 8: none, X: unauthorized}}
              statuses: {402: depleted, 4XX: upstream_error}
              amounts: [{unit: credits, available: balance}]
            """
        let yaml = try made(mapping, example: "{code: 0, balance: 1, plan: free}")
        #expect(yaml.reading(#"{"code":7}"#)?.lines == ["available 0 credits", "low true"])
        #expect(yaml.reading(#"{"code":8}"#)?.lines == [])
        #expect(yaml.reading(#"{"error":"x"}"#, status: 402)?.lines == ["available 0 credits", "low true"])
        #expect(yaml.failure("<html>", status: 402)?.code == .upstreamError)
        // A code of another type than the rule's value is a code all the same (bug 2).
        #expect(yaml.failure(#"{"code":"X"}"#)?.code == .unauthorized)
        #expect(yaml.reading(#"{"code":"7"}"#)?.providerSaysLow == true)
        let limited = try made("statuses: {429: depleted}\n  amounts: [{unit: credits, available: balance}]")
        #expect(limited.reading(#"{"error":"x"}"#, status: 429)?.lines == ["available 0 credits", "low true"])
        // A range leaves what means something by itself alone.
        #expect(yaml.failure("{}", status: 429)?.code == .rateLimited)
        #expect(yaml.failure(#"{"code":500044}"#, status: 500)?.reason == "status 500, code reports 500044")
    }

    // MARK: - Drift (item of tolerance) and form

    @Test func `what nobody reads may drift, and what is read may not`() throws {
        let strict = try made(
            "root: data\n  amounts: [{unit: credits, available: balance}]",
            example: "{data: {balance: 1, plan: {name: a}, kind: x}}",
            schema: """
                {type: object, required: [data], properties: {data: {type: object, required: [balance, kind], properties: \
                {balance: {type: number}, plan: {type: object}, kind: {enum: [x]}}}}}
                """.replacing("\\\n", with: ""))
        let reading = try #require(strict.reading(#"{"data":{"balance":5,"plan":null,"kind":"new"}}"#))
        #expect(reading.lines == ["available 5 credits"])
        #expect(
            reading.drift == ["data.plan is null where object is documented", "data.kind is none of the documented values"])
        #expect(
            strict.failure(#"{"data":{"balance":"5","kind":"x"}}"#)?.reason == "data.balance is string where number is documented"
        )
        #expect(strict.failure(#"{"data":null}"#)?.reason == "data is null where object is documented")
    }

    @Test func `a byte order mark before JSON is passed over (C8)`() throws {
        let plain = try made("amounts: [{unit: credits, available: balance}]")
        let body = [0xEF, 0xBB, 0xBF] + Array(#"{"balance":5}"#.utf8)
        guard case .reading(let reading) = plain.evaluate(status: 200, contentType: nil, body: body) else {
            Issue.record("no reading")
            return
        }
        #expect(reading.lines == ["available 5 credits"])
        #expect(reading.reply.body == body)
    }

    @Test func `private fields are struck out of what is kept`() throws {
        let yaml = try made(
            "private: [user, 'cards[].n', id]\n  amounts: [{unit: credits, available: balance}]",
            example: "{balance: 1, user: a, cards: [{n: b}], id: 4}")
        let body = #"{"balance":12.50,"user":{"mail":"a@example.com"},"cards":[{"n":"4242","x":1}],"id":"u1"}"#
        let kept = try #require(yaml.reading(body)).reply.body
        #expect(
            String(decoding: kept, as: UTF8.self)
                == #"{"balance":12.50,"user":null,"cards":[{"n":"private","x":1}],"id":"private"}"#)
        #expect(
            Catalog.problems(definition(mapping: "private: balance\n  amounts: [{unit: credits, available: balance}]")).map(
                \.message)
                == ["balance is private, and the mapping reads it"])
    }

    // MARK: - The request

    @Test func `a request takes values of the account and of the call`() throws {
        let yaml = try made(
            """
            query: "team={team}&since={now_ms-30d}&scope={scope?}"
              headers: {X-Trace: "{uuid}", Organization: "{org?}"}
              amounts: [{unit: credits, available: balance}]
            """)
        func request(_ parameters: [String: String]) -> PlannedRequest? {
            yaml.request(CallValues(parameters: parameters, now: WallTime(seconds: 1_790_000_000), uuid: "u-1"))
        }
        let plain = try #require(request(["team": "blue"]))
        #expect(plain.target == "/balance?team=blue&since=1787408000000")
        #expect(plain.headers.map { "\($0.name): \($0.value)" } == ["x-trace: u-1"])
        let full = try #require(request(["team": "a b", "scope": "s", "org": "o"]))
        #expect(full.target.hasPrefix("/balance?team=a%20b&since=") && full.target.hasSuffix("&scope=s"))
        #expect(full.headers.map(\.value) == ["u-1", "o"])
        #expect(request([:]) == nil)
        #expect(yaml.asks("since=1&team=blue", parameters: ["team": "blue"]))
        #expect(!yaml.asks("team=red", parameters: ["team": "blue"]) && !yaml.asks("x=1", parameters: ["team": "blue"]))
    }

    @Test func `a POST carries a constant body, and two secrets their headers`() throws {
        let yaml = definition(mapping: "body: {fingerprintId: x}\n  amounts: [{unit: credits, available: balance}]")
            .replacing("    get:", with: "    post:").replacing(
                "security: [{key: []}]", with: "security: [{key: [], second: []}]"
            )
            .replacing(
                "{key: {type: http, scheme: bearer}}",
                with: "{key: {type: apiKey, in: header, name: X-Key}, second: {type: apiKey, in: header, name: X-Secret}}")
        let post = try Catalog.single(yaml)
        let request = try #require(post.request(CallValues(parameters: [:], now: WallTime(seconds: 1), uuid: "")))
        #expect(request.method == .post && request.body == Array(#"{"fingerprintId":"x"}"#.utf8))
        #expect(request.headers.map(\.name) == ["content-type"])
        #expect(post.auth.headerValue(for: Secret("one:two")) == "one" && post.auth.secondValue(for: Secret("one:two")) == "two")
        #expect(post.auth.headerValue(for: Secret("one")) == "one" && post.auth.secondValue(for: Secret("one")) == nil)
    }

    // MARK: - Messages

    private static let minus =
        "between two paths stands ` - `, with a space before and behind it; a name that has a - is written $.a-b"

    @Test(arguments: [
        ("q / 60", "there is no * and no /; `scale` has factors"), ("q * 0.5", "there is no * and no /; `scale` has factors"),
        ("q + 1", "a number is no path: there are no constants"),
        ("(a + b) - c", "there are no brackets but those of sum(…)"), ("max(a)", "there is no function but sum(…)"),
        ("a+b", "between two paths stands ` + ` or ` - `, with a space before and behind it"),
        ("a-b", Self.minus), ("a.total-a.used", Self.minus), ("a?-b?0", Self.minus), ("-a-b", Self.minus),
        ("sum(x[].a)-b", Self.minus)
    ])
    func `what is no expression is told with what to write`(text: String, told: String) {
        let problems = Catalog.problems(definition(mapping: "amounts: [{unit: credits, available: '\(text)'}]"))
        #expect(problems.map(\.message) == [told])
    }

    @Test(arguments: ["$.a-b", "/a-b", "sum(x[].a-b)", "-$.c-d", "-sum(x[].c-d)"])
    func `a name may have a hyphen where nothing reads it as a sign`(text: String) throws {
        let body = #"{"a-b": 7, "c-d": -7, "x": [{"a-b": 3, "c-d": -3}, {"a-b": 4, "c-d": -4}]}"#
        let yaml = try made("amounts: [{unit: credits, available: '\(text)'}]", example: body)
        #expect(yaml.reading(body)?.available?.value.description == "7")
    }

    @Test func `expect is compared with what each example gives`() {
        let problems = Catalog.problems(
            definition(
                mapping: "amounts: [{unit: credits, available: balance}]\n  expect: {'200': [available 13 credits], '201': []}"))
        #expect(
            problems.map(\.message) == [
                "this example gives available 12.5 credits, and expect says available 13 credits",
                "no example with a schema is called \"201\""
            ])
    }
}
