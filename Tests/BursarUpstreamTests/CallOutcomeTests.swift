import BursarCatalog
import BursarClient
import BursarEngine
import BursarModel
import Testing

@testable import BursarUpstream

@Suite struct CallOutcomeTests {
    private func outcome(
        _ status: Int, _ body: String = "", fields: [(name: String, value: String)] = [("content-type", "application/json")],
        fault: TransportFault? = nil, secret: String = "canary-3f9d2c77a1"
    ) throws -> CallOutcome {
        .of(
            UpstreamResponse(status: status, fields: fields, body: Array(body.utf8), bodyFault: fault),
            definition: try Fixture.definition(), scrubber: Scrubber([Secret(secret)]),
            ReadingContext(now: WallTime(seconds: 1_700_000_000)))
    }

    private func failure(_ outcome: CallOutcome) throws -> CallFailure {
        guard case .failure(let failure) = outcome.result else { throw NotAFailure() }
        return failure
    }
    private struct NotAFailure: Error {}

    @Test(arguments: [300, 301, 302, 303, 304, 307, 308, 399])
    func `every redirect is refused, and its row says so`(status: Int) throws {
        let outcome = try outcome(status, Fixture.body("1"))
        let reason = "redirect_refused"
        #expect(try failure(outcome) == CallFailure(code: .upstreamError, upstreamStatus: status, reason: reason))
        #expect(outcome.detail == reason)
    }

    @Test(arguments: [
        (TransportFault.truncated, ProblemCode.invalidResponse), (.bodyTooLarge, .invalidResponse),
        (.badEncoding, .invalidResponse),
        (.timeout, .timeout), (.cancelled, .timeout)
    ])
    func `a success without its whole body is none`(fault: TransportFault, code: ProblemCode) throws {
        #expect(try failure(outcome(200, fault: fault)) == CallFailure(code: code, upstreamStatus: 200, reason: fault.reason))
    }

    @Test func `an error status counts although its body is missing`() throws {
        let failure = try failure(outcome(429, fault: .truncated))
        #expect(failure.code == .rateLimited)
        #expect(failure.errorReply == nil)
    }

    @Test(arguments: [401, 403])
    func `C4: a 401 or 403 counts only in the provider's own form`(status: Int) throws {
        let page = try failure(outcome(status, "<html>Just a moment</html>", fields: [("content-type", "text/html")]))
        #expect(page.code == .upstreamError && page.upstreamStatus == status && page.reason != nil)
        #expect(
            try failure(outcome(status, "{\"detail\":\"Invalid token.\"}")).code == (status == 401 ? .unauthorized : .forbidden))
        #expect(try failure(outcome(status, fault: .truncated)).code == .upstreamError)
    }

    /// C11: what the log alone knew.
    @Test func `C11: a connection that failed says how`() throws {
        for fault in TransportFault.allCases {
            let outcome = CallOutcome.failed(fault)
            #expect(try failure(outcome).reason == fault.reason && outcome.detail == fault.rawValue)
            #expect(!fault.words.isEmpty)
        }
        #expect(TransportFault.unresolved.reason == "name_not_resolved" && TransportFault.noRoots.reason == "no_roots")
    }

    @Test func `the hint of a 429 is read from its fields and its body`() throws {
        let fields: [(name: String, value: String)] = [("content-type", "application/json"), ("retry-after", "17")]
        #expect(try failure(outcome(429, "{\"detail\":\"Request was throttled.\"}", fields: fields)).hint?.wait == .seconds(17))
        let text = "{\"detail\":\"Request was throttled. Expected available in 9 seconds.\"}"
        #expect(try failure(outcome(429, text)).hint?.wait == .seconds(9))
    }

    /// By a status that HTTP knows nothing of, by a code beside a 400, and by one inside a 200.
    @Test(arguments: [(430, "{}"), (400, #"{"code":"slow_down"}"#), (200, #"{"code":"slow_down"}"#)])
    func `what a definition calls rate_limited waits as long as it says, whatever its status`(status: Int, body: String) throws {
        let yaml = """
            openapi: 3.1.0
            info: {title: Acme, version: 1.0.0}
            servers: [{url: "https://api.acme.test"}]
            security: [{key: []}]
            x-bursar:
              id: acme
              statuses: {430: rate_limited}
              codes: {at: code, map: {slow_down: rate_limited}}
              success: {code: ok}
              amounts: [{unit: credits, available: balance}]
            paths:
              /balance:
                get:
                  responses:
                    "200":
                      description: The balance
                      content:
                        application/json:
                          schema: {type: object, properties: {code: {type: string}, balance: {type: number}}}
                          example: {code: ok, balance: 1}
            components:
              securitySchemes:
                key: {type: apiKey, in: header, name: X-Key}
            """
        let catalog = try Catalog.empty.adding([DefinitionFile(path: "acme.yaml", bytes: Array(yaml.utf8))])
        let outcome = CallOutcome.of(
            UpstreamResponse(status: status, fields: [("retry-after", "600")], body: Array(body.utf8), bodyFault: nil),
            definition: try #require(catalog.definitions.first), scrubber: .empty,
            ReadingContext(now: WallTime(seconds: 1_700_000_000)))
        let failure = try failure(outcome)
        #expect(failure.code == .rateLimited)
        #expect(failure.hint == CooldownHint(wait: .seconds(600), source: .retryAfterSeconds))
    }

    /// None of them fits what is documented for its code, so that nothing of the body itself can be passed on.
    @Test(arguments: [
        ("sunor", #"{"code":500}"#, 500, "code reports 500", true),
        ("sunor", #"{"code":503,"message":"x"}"#, 503, "code reports 503", true),
        ("legnext", #"{"code":402,"message":"pay"}"#, 402, "code reports 402", false),
        ("legnext", #"{"error":{"code":404}}"#, 404, "error.code reports 404", false)
    ])
    func `an error code inside a 2xx is told, also where nobody documents it`(
        provider: String, body: String, code: Int, reason: String, isRetriable: Bool
    ) throws {
        let id = try #require(ProviderID(provider))
        let definition = try #require(try Catalog.builtIn()[id])
        let response = UpstreamResponse(
            status: 200, fields: [("retry-after", "7")], body: Array(body.utf8), bodyFault: nil)
        let failure = try failure(
            .of(response, definition: definition, scrubber: .empty, ReadingContext(now: WallTime(seconds: 1_700_000_000))))
        #expect(failure.code == .upstreamError && failure.upstreamStatus == 200 && failure.carriedStatus == code)
        #expect(failure.reason == reason && failure.errorReply == nil)
        #expect(failure.hint?.wait == (code == 503 ? .seconds(7) : nil))
        #expect(failure.isRetriable == (isRetriable && failure.hint == nil))
    }

    @Test func `an undocumented error body is not passed on`() throws {
        #expect(try failure(outcome(500, "<html>boom</html>")).errorReply == nil)
        #expect(try failure(outcome(401, "{\"detail\":\"Invalid token.\"}")).errorReply?.status == 401)
    }

    @Test func `a long error body is not kept`() throws {
        let long = String(repeating: "x", count: CallOutcome.errorBodyLimit)
        #expect(try failure(outcome(401, "{\"detail\":\"\(long)\"}")).errorReply == nil)
    }

    @Test(arguments: [
        "application/json; k=canary-3f9d2c77a1", "application/canary-3f9d2c77a1+json", "application/json\u{7}", "",
        String(repeating: "a", count: 200), "text/html", "image/svg+xml", "application/xhtml+xml; a=+json"
    ])
    func `a hostile media type is dropped, and the body called JSON`(type: String) throws {
        for body in [Fixture.body("1"), "{\"detail\":\"Invalid token.\"}"] {
            let status = body == Fixture.body("1") ? 200 : 401
            switch try outcome(status, body, fields: [("content-type", type)]).result {
            case .reading(let reading): #expect(reading.reply.contentType == "application/json")
            case .failure(let failure): #expect(failure.errorReply?.contentType == "application/json")
            }
        }
        let several = [("content-type", "application/json"), ("content-type", "text/html")].map { (name: $0.0, value: $0.1) }
        guard case .reading(let reading) = try outcome(200, Fixture.body("1"), fields: several).result else {
            throw NotAFailure()
        }
        #expect(reading.reply.contentType == "application/json")
    }
}
