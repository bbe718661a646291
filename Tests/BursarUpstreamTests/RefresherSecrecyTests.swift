import BursarEngine
import BursarModel
import BursarUpstream
import Testing

/// What a provider sends back is hostile, and may hold the key.
@Suite struct RefresherSecrecyTests {
    private let canary = "canary-3f9d2c77a1"

    @Test func `a key echoed in a success is cut out of the reply, and the balance stays readable`() async throws {
        let fixture = Fixture()
        let account = try fixture.account(canary)
        let body = "{\"your_key\":\"\(canary)\",\"balance_usd\":\"12.34\"}"
        let answer = await ask(fixture, account) { $0.answer(200, body) }
        #expect(answer.view.available == "12.34")
        let reply = String(decoding: answer.view.reading?.reply.body ?? [], as: UTF8.self)
        #expect(reply == "{\"your_key\":\"[redacted]\",\"balance_usd\":\"12.34\"}")
        #expect(fixture.logs.text.contains("detail=credential_withheld"))
    }

    @Test func `a key echoed in an error is cut out of what is passed on`() async throws {
        let fixture = Fixture()
        let account = try fixture.account(canary)
        let answer = await ask(fixture, account) { [canary] in $0.answer(401, "{\"detail\":\"Invalid token \(canary)\"}") }
        #expect(answer.view.problem?.code == .unauthorized)
        #expect(
            answer.view.errorReply.map { String(decoding: $0.body, as: UTF8.self) } == "{\"detail\":\"Invalid token [redacted]\"}"
        )
    }

    @Test func `a passed-through key is cut out, too, although nothing configured it`() async throws {
        let fixture = Fixture()
        let account = try fixture.account(canary, passedThrough: true)
        let answer = await ask(fixture, account) { [canary] in $0.answer(403, "{\"detail\":\"\(canary)\"}") }
        #expect(answer.view.errorReply.map { String(decoding: $0.body, as: UTF8.self) } == "{\"detail\":\"[redacted]\"}")
    }

    @Test func `another caller's key cannot blank out a word of this one's answer`() async throws {
        let fixture = Fixture()
        let hold = fixture.scrubber.hold(Secret("\"balance_usd\""))
        let answer = await ask(fixture, try fixture.account(canary)) { $0.answer(200, Fixture.body("1")) }
        #expect(answer.view.available == "1")
        withExtendedLifetime(hold) {}
    }

    @Test func `no log line, metric or view tells a key, an address or a header`() async throws {
        let fixture = Fixture()
        let account = try fixture.account(canary)
        let echoes = [
            ("x-echo", canary), ("content-type", "application/json; key=\(canary)"),
            ("location", "https://evil.example/?k=\(canary)")
        ]
        // None of these is tried again at once, so each is one call.
        for (index, status) in [302, 404, 401].enumerated() {
            _ = await ask(fixture, account, call: index) { [canary] in
                $0.end(.response(UpstreamResponse(status: status, fields: echoes, body: Array("<p>\(canary)</p>".utf8))))
            }
            _ = fixture.refresher.clearCooldown(account)
        }
        var everything = fixture.logs.text
        dump(fixture.refresher.view(account), to: &everything)
        dump(fixture.refresher.metrics.snapshot(), to: &everything)
        for change in fixture.changes.list { dump(change.view, to: &everything) }
        #expect(!everything.contains(canary))
        #expect(!everything.contains("evil.example"))
        #expect(!everything.contains("http"))
        #expect(fixture.logs.text.contains("provider=tensorpix"))
    }

    @Test func `the credential is no field of the request but a secret`() async throws {
        let fixture = Fixture()
        let account = try fixture.account(canary)
        _ = fixture.refresher.request(account, demand: .anyCached)
        let request = await fixture.transport.call(0).request
        var dumped = ""
        dump(request, to: &dumped)
        #expect(!dumped.contains(canary))
        let names = request.fields.map(\.name)
        #expect(names.contains("accept") && names.contains("accept-language") && names.contains("user-agent"))
        #expect(request.url == "https://backend.tensorpix.ai/api/accounts/profile/balance/")
        #expect(request.fields.first { $0.name == "accept-language" }?.value == "en")
        #expect(request.fields.first { $0.name == "user-agent" }?.value == "bursar/\(bursarVersion)")
    }

    private func ask(
        _ fixture: Fixture, _ account: UpstreamAccount, call: Int = 0, _ answer: (ScriptedTransport.Call) -> Void
    ) async -> Answer {
        let deadline = fixture.later
        let waiter = Task { await fixture.refresher.answer(account, demand: .newest, deadline: deadline) }
        answer(await fixture.transport.call(call))
        let result = await waiter.value
        await fixture.logs.waitForLines(call + 1)
        return result
    }
}
