import BursarModel
import Testing

@testable import BursarCatalog

/// What else a mapping must be able to say, one small definition each.
@Suite struct ShapesTests {
    @Test func `fixed headers`() throws {
        let example = try Catalog.single(
            definition(
                mapping: "headers: {X-Version: '2024-01', accept-currency: USD}\n  amounts: [{unit: USD, available: balance}]"))
        let sent = example.request(CallValues(parameters: ["team": "a", "user-id": "1"], now: WallTime(seconds: 1), uuid: ""))
        #expect(sent?.headers.map { "\($0.name): \($0.value)" } == ["x-version: 2024-01", "accept-currency: USD"])
    }

    @Test func `path parameters from the configuration`() throws {
        let example = try Catalog.single(definition(path: "/v1/{team}/users/{user-id}/balance"))
        #expect(example.parameters == ["team", "user-id"])
        #expect(example.target(parameters: ["team": "a b/ü?", "user-id": "42"]) == "/v1/a%20b%2F%C3%BC%3F/users/42/balance")
        #expect(example.target(parameters: ["team": "a"]) == nil)
        #expect(example.target(parameters: ["team": "..", "user-id": "42"]) == nil)
        #expect(example.target(parameters: ["team": "", "user-id": "42"]) == nil)
    }

    // With braces in the host only one of several slashes fell away.
    @Test(arguments: [("", ""), ("/", ""), ("//", ""), ("/v1", "/v1"), ("/v1/", "/v1"), ("/v1//", "/v1")])
    func `the closing slashes of a server's path fall away, with braces in the host and without`(
        written: String, path: String
    ) throws {
        for host in ["https://api.example.com", "https://{region}.example.com"] {
            #expect(try Catalog.single(definition(server: host + written)).path == path + "/balance", "\(host)")
        }
    }

    @Test func `a scalar that is the amount itself`() throws {
        let data = try Catalog.single(
            definition(mapping: "root: data\n  amounts: [{unit: credits, available: $}]", example: "{data: 12.50}"))
        #expect(data.amounts(#"{"data":7.10}"#) == ["available 7.10 credits"])
        let body = try Catalog.single(
            definition(mapping: "amounts: [{unit: credits, available: $}]", schema: "{type: number}", example: "12"))
        #expect(body.amounts("7.10") == ["available 7.10 credits"])
        #expect(body.places.firstAmount == [])
    }

    @Test func `a sum over an array`() throws {
        let example = try Catalog.single(
            definition(
                mapping: "amounts: [{unit: credits, available: 'sum(grants[].left) - debt'}]",
                example: "{grants: [{left: 1.5}, {left: 2.25}], debt: 1}"))
        #expect(
            example.amounts(#"{"grants":[{"left":1.5},{"left":"2.25"},{"left":-3}],"debt":0.5}"#) == ["available 0.25 credits"])
        #expect(example.amounts(#"{"grants":[],"debt":0}"#) == ["available 0 credits"])
        #expect(example.failure(#"{"grants":[{"left":1},{}],"debt":0}"#)?.reason == "grants[1].left is missing")
        #expect(example.failure(#"{"grants":{},"debt":0}"#)?.reason == "grants is no array")
        #expect(example.places.firstAmount == [.key("grants"), .index(0), .key("left")])
    }

    @Test func `what must be there is missed also beside a field that may be absent`() throws {
        let example = try Catalog.single(
            definition(
                mapping: "amounts: [{unit: credits, available: balance, total: balance + pending?}]",
                example: "{balance: 1, pending: 2}"))
        #expect(example.amounts(#"{"balance":1}"#) == ["available 1 credits"])
        for total in ["balnce + pending?", "pending? + balnce"] {
            let problems = Catalog.problems(
                definition(
                    mapping: "amounts: [{unit: credits, available: balance, total: \(total)}]", example: "{balance: 1}"))
            #expect(problems.count == 1 && "\(problems)".contains("balnce is missing"), "\(problems)")
        }
        // An alternative that lacks nothing else makes the amount optional.
        let alternatives = try Catalog.single(
            definition(
                mapping: "amounts: [{unit: credits, available: balance, total: [total?, a + b]}]",
                example: "{balance: 1, total: 2}"))
        #expect(alternatives.amounts(#"{"balance":1}"#) == ["available 1 credits"])
    }

    @Test func `an amount that no example gives is warned of, with its place`() throws {
        let problems = Catalog.problems(
            definition(mapping: "amounts: [{unit: credits, available: balance, total: totl?}]", example: "{balance: 1, total: 2}")
        )
        #expect(problems.count == 1 && problems.first?.severity == .warning)
        #expect(problems.first?.message.hasPrefix("no example gives this total amount") == true, "\(problems)")
        #expect(problems.first?.line == 16 && problems.first?.column == 49)
    }

    @Test func `a sign turned round`() throws {
        let example = try Catalog.single(definition(mapping: "amounts: [{unit: EUR, available: -owed}]", example: "{owed: -5}"))
        #expect(example.amounts(#"{"owed":-12.30}"#) == ["available 12.30 EUR"])
        #expect(example.amounts(#"{"owed":12.30}"#) == ["available -12.30 EUR"])
    }

    @Test func `a basic-auth pair`() throws {
        let example = try Catalog.single(definition(security: "{type: http, scheme: basic}"))
        #expect(example.auth.scheme == .basic)
        #expect(example.auth.headerValue(for: Secret("user:pässword")) == "Basic dXNlcjpww6Rzc3dvcmQ=")
        #expect(example.auth.headerValue(for: Secret("no-colon")) == nil)
        let secret = try #require(example.auth.credential(inHeaderValue: "basic  dXNlcjpww6Rzc3dvcmQ="))
        #expect(secret.constantTimeEquals(Secret("user:pässword")))
        #expect(example.auth.credential(inHeaderValue: "Basic ???") == nil)
    }

    @Test func `a null that means unlimited`() throws {
        let example = try Catalog.single(
            definition(
                mapping: "amounts: [{unit: USD, words: {null: unlimited}, available: limit_remaining, granted: limit?}]",
                example: "{limit_remaining: 5, limit: 10}"))
        let reading = try #require(example.reading(#"{"limit_remaining":null,"limit":null}"#))
        #expect(reading.amounts.isEmpty)
        #expect(reading.providerSaysLow == false)
        #expect(example.amounts(#"{"limit_remaining":4.50}"#) == ["available 4.50 USD"])
        // Absent is not null: nobody said unlimited.
        #expect(example.failure(#"{"limit":10}"#)?.reason == "limit_remaining is missing")
    }

    @Test func `codes in the body win over the status where they are mapped`() throws {
        let example = try Catalog.single(
            definition(
                mapping: """
                    statuses: {429: upstream_error, 430: rate_limited}
                      codes: {at: [code, error], map: {1001: unauthorized, QUOTA: rate_limited}}
                      amounts: [{unit: credits, available: balance}]
                    """))
        #expect(example.failure("", status: 429)?.code == .upstreamError)
        #expect(example.failure("", status: 430)?.code == .rateLimited)
        #expect(example.failure(#"{"code":1001}"#, status: 400)?.code == .unauthorized)
        #expect(example.failure(#"{"error":"QUOTA"}"#, status: 400)?.code == .rateLimited)
        #expect(example.failure(#"{"code":5}"#, status: 400)?.code == .upstreamError)
    }

    /// Bursar's own error, by a definition that documents one example for every 4XX.
    private func ownError(_ status: Int, map: String, code: String) throws -> String? {
        let range = """
            responses:
                    "4XX":
                      description: no
                      content: {application/json: {schema: {type: object}, example: {code: \(code), message: slow}}}
            """
        let yaml = definition(
            mapping: "message: message\n  codes: {at: code, map: \(map)}\n  amounts: [{unit: credits, available: balance}]"
        ).replacing("responses:", with: range)
        return try Catalog.single(yaml).errorReply(status: status, message: "m").map { String(decoding: $0.body, as: UTF8.self) }
    }

    // A code that looks like a number was none for a body that writes its codes as texts.
    @Test(arguments: [
        (401, "{'1002': unauthorized, '1003': rate_limited}", "1002"),
        (429, "{'1002': unauthorized, '1003': rate_limited}", "1003"),
        (401, "{'1002': unauthorized, bad_key: unauthorized, '1003': rate_limited}", "bad_key"),
        (403, "{'1002': unauthorized, '1003': rate_limited}", "error")
    ])
    func `the code of our own error is any text with its meaning, best a word, where the body writes a text`(
        status: Int, map: String, code: String
    ) throws {
        #expect(try ownError(status, map: map, code: "'1003'") == #"{"code":"\#(code)","message":"m"}"#)
    }

    // `007`, `.5` and `5.` are decimals and no numbers of JSON: the body was none, either.
    @Test(arguments: [
        ("{'007': unauthorized, 1003: rate_limited}", "9999"), ("{'.5': unauthorized, 1003: rate_limited}", "9999"),
        ("{'5.': unauthorized, 1003: rate_limited}", "9999"), ("{bad_key: unauthorized, 1003: rate_limited}", "9999"),
        ("{'007': unauthorized, 1002: unauthorized, 1003: rate_limited}", "1002")
    ])
    func `the code of our own error is a number of JSON where the body writes a number`(map: String, code: String) throws {
        #expect(try ownError(401, map: map, code: "1003") == #"{"code":\#(code),"message":"m"}"#)
    }

    @Test func `amounts that may be absent are left out, and none at all is an error`() throws {
        let example = try Catalog.single(
            definition(mapping: "amounts: [{unit: credits, available: balance?, reserved: held?, total: 'balance + held?'}]"))
        #expect(example.amounts(#"{"balance":1}"#) == ["available 1 credits"])
        #expect(example.amounts(#"{"balance":1,"held":2}"#) == ["available 1 credits", "reserved 2 credits", "total 3 credits"])
        #expect(example.failure(#"{}"#)?.code == .invalidResponse)
    }

    @Test func `a unit that the provider writes in its own way`() throws {
        let example = try Catalog.single(
            definition(
                mapping: "amounts: [{unit: {at: cur, names: {usd: USD, '€': EUR}}, available: balance}]",
                example: "{balance: 1, cur: usd}"))
        #expect(example.amounts(#"{"balance":1,"cur":"usd"}"#) == ["available 1 USD"])
        #expect(example.amounts(#"{"balance":1,"cur":"€"}"#) == ["available 1 EUR"])
        #expect(example.failure(#"{"balance":1,"cur":"<b>"}"#)?.reason == "cur is no unit")
        #expect(example.failure(#"{"balance":1}"#)?.reason == "cur tells no unit")
        #expect(example.unitNames == ["EUR", "USD"])
    }

    @Test(
        arguments: [
            (#""2025-11-05T08:22:37.784663288Z""#, "2025-11-05T08:22:37.784Z"),
            (#""2025-11-05T08:22:37+02:00""#, "2025-11-05T06:22:37.000Z"),
            ("1738356858", "2025-01-31T20:54:18.000Z"), ("1738356858.25", "2025-01-31T20:54:18.250Z"),
            (#""1738356858""#, "2025-01-31T20:54:18.000Z"),
            ("0", nil), (#""0001-01-01T00:00:00Z""#, nil), ("-5", nil), ("1e400", nil), ("99999999999999999999", nil),
            (#""soon""#, nil),
            ("null", nil), ("true", nil), ("999999999999999", nil)
        ] as [(String, String?)])
    func `a time is RFC 3339 or Unix seconds, and anything else is none`(text: String, expected: String?) throws {
        let example = try Catalog.single(definition(mapping: "as_of: t\n  amounts: [{unit: credits, available: balance}]"))
        let reading = try #require(example.reading("{\"balance\":1,\"t\":\(text)}"))
        #expect(reading.asOf?.rfc3339 == expected)
    }

    @Test func `what programs write for never is no time in every zone`() {
        for text in ["0001-01-01T00:00:00Z", "0001-01-01T00:00:00+08:00", "0001-01-01T00:00:00-05:00", ""] {
            #expect(BodyTime.isUnset(.string(text)), "\(text)")
        }
        for text in ["1970-01-01", "1970-01-01 00:00:00", "-1", "0", "3600"] {
            #expect(BodyTime.isUnset(.string(text)), "\(text)")
        }
        #expect(BodyTime.isUnset(.number("3600")) && BodyTime.isUnset(.number("-1")))
        #expect(
            !BodyTime.isUnset("2026-01-01T00:00:00Z") && !BodyTime.isUnset("2026-01-01")
                && !BodyTime.isUnset(.number("1800000000")))
    }

    @Test func `an amount of more digits than can be kept is malformed, never rounded`() throws {
        let example = try Catalog.single(definition())
        let digits = String(repeating: "9", count: 38)
        #expect(example.amounts("{\"balance\":\(digits)}") == ["available \(digits) credits"])
        #expect(example.failure("{\"balance\":\(digits)9}")?.reason == "balance has more than 38 digits")
        #expect(example.failure(#"{"balance":1e99}"#)?.code == .invalidResponse)
    }

    @Test func `the scheme of a caller's header may be of any case`() throws {
        let example = try Catalog.single(definition())
        for value in ["Bearer k-1", "bearer k-1", "BEARER   k-1 "] {
            let secret = try #require(example.auth.credential(inHeaderValue: value))
            #expect(secret.constantTimeEquals(Secret("k-1")))
        }
        for value in ["", "Bearer", "Bearer ", "Bearerk-1", "Token k-1", "Bearer a b", "k-1"] {
            #expect(example.auth.credential(inHeaderValue: value) == nil, "\(value)")
        }
        #expect(example.auth.headerValue(for: Secret("a\r\nHost: x")) == nil)
        #expect(example.auth.headerValue(for: Secret("")) == nil)
    }
}
