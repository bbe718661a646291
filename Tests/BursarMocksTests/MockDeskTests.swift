import BursarBasics
import BursarModel
import TestSupport
import Testing

@testable import BursarMocks

struct MockDeskTests {
    private var desk = MockDesk(providers: [Fixture.text, Fixture.envelope.renamed("beta")])
    private static let path = "/alpha/v1/team-7/balance/"

    private mutating func ask(
        _ method: String = "GET", _ path: String = MockDeskTests.path, key: String? = "Token demo", body: String = ""
    ) -> MockAnswer {
        let request = MockRequest(
            method: method, path: path, header: { $0 == "authorization" ? key : nil }, body: Array(body.utf8))
        return desk.handle(request, now: WallTime(milliseconds: 0)).made()
    }

    private mutating func scenario(_ key: String) -> String? {
        ask(key: "Token " + key).headers.first { $0.name == "Bursar-Mock" }?.value
    }

    private func text(_ answer: MockAnswer) -> String { String(decoding: answer.body, as: UTF8.self) }

    @Test mutating func `the key chooses the scenario, and a tail behind a tilde only makes keys differ`() {
        #expect(scenario("anything") == "ok")
        #expect(scenario("mock-ok") == "ok")
        #expect(scenario("mock-429-retry-after-3") == "429-retry-after-3")
        #expect(scenario("mock-html~a b c") == "html")
        #expect(desk.ledger.providers["alpha"]?.keys.count == 4)
    }

    @Test mutating func `what is set for a provider answers the keys that name nothing`() {
        #expect(ask("PUT", "/_mock/alpha", body: "503\n").status == 200)
        #expect(scenario("demo") == "503")
        #expect(scenario("mock-ok") == "ok")
        #expect(ask("DELETE", "/_mock/alpha").status == 200)
        #expect(scenario("demo") == "ok")
        #expect(desk.ledger.providers["alpha"]?.calls == 3)
    }

    @Test mutating func `a JSON order may say how often`() {
        #expect(ask("PUT", "/_mock/alpha", body: #"{"scenario": "500", "times": 2}"#).status == 200)
        #expect([scenario("a"), scenario("b"), scenario("c")] == ["500", "500", "ok"])
    }

    @Test(arguments: [
        "", "nonsense", #"{"scenario": "nonsense"}"#, #"{"scenario": 5}"#, #"{}"#, #"{"scenario": "ok", "times": 0}"#,
        #"{"scenario": "ok", "times": -1}"#, #"{"scenario": "ok", "times": 1.5}"#, #"{"scenario": "ok", "times": "3"}"#,
        #"{"scenario": "ok", "time": 3}"#, #"{"scenario": "ok", "scenario": "html"}"#, #"{"scenario":"#, "[]", "{\"a\":1e999}",
        String(repeating: "{\"a\":", count: 1_000), "\u{0}", "ok\nhtml"
    ])
    func `an order that cannot be read is a 400 that says what exists, and changes nothing`(body: String) {
        var copy = self
        let answer = copy.ask("PUT", "/_mock/alpha", body: body)
        #expect(answer.status == 400)
        #expect(answer.contentType == "application/problem+json")
        #expect(text(answer).contains(#""429-retry-after-{seconds}""#))
        #expect(copy.desk.ledger.providers["alpha"]?.scenario == nil)
    }

    @Test mutating func `a key that names no scenario is a 400, because a misspelt test must not pass`() {
        let answer = ask(key: "Token mock-429-retry-afer-3")
        #expect(answer.status == 400)
        #expect(text(answer).contains("429-retry-afer-3"))
        #expect(text(answer).contains("urn:bursar:problem:unknown_scenario"))
        #expect(!text(ask(key: "Token mock-<script>")).contains("<script>"))
    }

    @Test(arguments: [nil, "", "Token", "Token ", "Bearer demo", "token demo", "demo"])
    func `a call without the documented credential gets the documented 401 and is counted as such`(key: String?) {
        var copy = self
        let answer = copy.ask(key: key)
        #expect(answer.status == 401)
        #expect(text(answer) == #"{"detail":"Invalid token."}"#)
        #expect(answer.headers.contains(.init("Bursar-Mock", "unauthenticated")))
        #expect(answer.headers.contains(.init("WWW-Authenticate", "Token")))
        #expect(copy.desk.ledger.providers["alpha"]?.unauthenticated == 1)
    }

    @Test(arguments: [
        "/", "", "*", "/alpha", "/alpha/", "/alpha/v1/team/balance", "/alpha/v1//balance/", "/alpha/v1/team/balance//",
        "/gamma/v1/team/balance/", "//alpha/v1/team/balance/", "/_mock/", "/_mock/gamma", "/_mock/alpha/x", "/_mock/redirected",
        "/_mock/redirected/gamma", "/_mocks", "/alpha/v1/a/b/balance/", "/%61lpha/v1/team/balance/"
    ])
    func `elsewhere there is nothing, and the 404 says where something is`(path: String) {
        var copy = self
        let answer = copy.ask("GET", path)
        #expect(answer.status == 404)
        // The paths of a provider whose name leads the path; else what leads to all of them.
        let near = path.hasPrefix("/alpha") ? #""/alpha/v1/{team}/balance/""# : #""/_mock/{provider}""#
        #expect(text(answer).contains(near), "\(text(answer))")
        #expect(copy.desk.ledger.providers["alpha"]?.calls == 0)
    }

    @Test(arguments: [
        ("POST", MockDeskTests.path, "GET, HEAD"), ("DELETE", MockDeskTests.path, "GET, HEAD"),
        ("get", MockDeskTests.path, "GET, HEAD"),
        ("POST", "/_mock", "GET, HEAD, DELETE"), ("PATCH", "/_mock/alpha", "GET, HEAD, PUT, DELETE")
    ])
    func `another method is a 405 with Allow`(method: String, path: String, allowed: String) {
        var copy = self
        let answer = copy.ask(method, path)
        #expect(answer.status == 405)
        #expect(answer.headers.contains(.init("Allow", allowed)))
    }

    @Test mutating func `the report counts calls by fingerprint and never shows a key`() {
        _ = scenario("CANARY-8f3")
        _ = scenario("CANARY-8f3")
        _ = scenario("mock-html~CANARY-8f3")
        _ = ask(key: "Bearer CANARY-8f3")
        let report = text(ask("GET", "/_mock"))
        #expect(!report.contains("CANARY"))
        #expect(report.contains(#""provider":"alpha""#))
        #expect(report.contains(#""calls":4,"unauthenticated":1"#))
        // printf %s CANARY-8f3 | sha256sum | cut -c1-12
        #expect(report.contains(#"{"fingerprint":"\#(Secret("CANARY-8f3").fingerprint)","calls":2,"scenarios":{"ok":2}}"#))
        for form in MockScenario.all { #expect(report.contains(JSONText.string(form.name))) }
    }

    @Test func `a fingerprint is the beginning of the SHA-256`() {
        #expect(Secret("abc").fingerprint == "ba7816bf8f01")  // FIPS 180-2, appendix B.1
    }

    @Test mutating func `everything is reset at once, counts too`() {
        _ = ask("PUT", "/_mock/alpha", body: "hang")
        _ = scenario("demo")
        #expect(ask("DELETE", "/_mock").status == 200)
        #expect(desk.ledger.providers["alpha"] == MockLedger.ProviderRecord())
    }

    @Test mutating func `whoever follows a redirect is counted`() {
        _ = scenario("mock-redirect")
        #expect(ask("GET", "/_mock/redirected/alpha").status == 200)
        #expect(text(ask("GET", "/_mock/alpha")).contains(#""redirects_followed":1"#))
    }

    @Test func `random requests never trap and always have an answer`() {
        var random = SplitMix64(seed: RandomTest.seed("requests to the mocks"))
        var copy = self
        let methods = ["GET", "HEAD", "PUT", "DELETE", "POST", "\u{0}"]
        let words = ["alpha", "beta", "_mock", "redirected", "v1", "balance", "", "x", "{team}", "é", "%00"]
        let keys = ["Token ", "mock-", "429", "-", "retry-after-", "9", "~", "balance-", "é", "\u{0}", "flaky-", "ok"]
        for _ in 0..<20_000 {
            let path = (0..<Int.random(in: 0...6, using: &random)).map { _ in "/" + (words.randomElement(using: &random) ?? "") }
            let key = (0..<Int.random(in: 0...6, using: &random)).map { _ in keys.randomElement(using: &random) ?? "" }
            let body = (0..<Int.random(in: 0...3, using: &random)).map { _ in
                ["{", "\"scenario\"", ":", "\"ok\"", "}", "times", "ok", "9"].randomElement(using: &random) ?? ""
            }
            let answer = copy.ask(
                methods.randomElement(using: &random) ?? "", path.joined(), key: key.joined(), body: body.joined())
            #expect((200...599).contains(answer.status))
        }
    }
}

extension MockProvider {
    func renamed(_ name: String) -> MockProvider {
        MockProvider(
            name: name, path: path, auth: auth, success: success, failures: failures, amountPath: amountPath,
            lowFlagPath: lowFlagPath, envelopeCodePath: envelopeCodePath, evaluate: evaluate, errorReply: errorReply)
    }
}
