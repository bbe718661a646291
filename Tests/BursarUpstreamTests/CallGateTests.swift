import BursarEngine
import BursarModel
import BursarUpstream
import Testing

@Suite struct CallGateTests {
    @Test func `no more calls than the bound go to one provider at once, and each gets its turn`() async throws {
        let fixture = Fixture()
        let deadline = fixture.later
        let accounts = try (0..<200).map { try fixture.account("canary-of-account-\($0)") }
        let answers = await withTaskGroup(of: Answer.self) { group in
            for account in accounts {
                group.addTask { await fixture.refresher.answer(account, demand: .anyCached, deadline: deadline) }
            }
            // A timer a waiter, and two a call that went out.
            await fixture.clock.waitForTimers(200 + 64 * 2)
            _ = await fixture.transport.call(63)
            #expect(fixture.transport.callCount == 64)
            for index in 0..<200 {
                await fixture.transport.call(index).answer(200, Fixture.body("\(index)"))
                #expect(fixture.transport.callCount <= index + 1 + 64)
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(answers.allSatisfy { $0.view.status == .fresh })
        #expect(fixture.transport.callCount == 200)
        #expect(fixture.clock.timerCount == 0)
    }

    @Test func `another provider is not held up`() async throws {
        let fixture = Fixture()
        for index in 0..<100 {
            _ = fixture.refresher.request(try fixture.account("canary-of-account-\(index)"), demand: .anyCached)
        }
        _ = await fixture.transport.call(63)
        let other = try fixture.account("canary-elsewhere", baseURL: "http://127.0.0.1:9")
        _ = fixture.refresher.request(other, demand: .anyCached)
        let call = await fixture.transport.call(64)
        #expect(call.request.url.hasPrefix("http://127.0.0.1:9/"))
    }

    @Test func `configured accounts go before callers' own credentials`() async throws {
        let fixture = Fixture()
        for index in 0..<64 {
            _ = fixture.refresher.request(try fixture.account("canary-of-account-\(index)"), demand: .anyCached)
        }
        _ = await fixture.transport.call(63)
        for index in 0..<50 {
            let account = try fixture.account("canary-passed-\(index)", passedThrough: true)
            _ = fixture.refresher.request(account, demand: .anyCached)
        }
        let configured = try fixture.account("canary-that-goes-first")
        _ = fixture.refresher.request(configured, demand: .anyCached)
        let before = fixture.logs.count
        await fixture.transport.call(0).answer(200, Fixture.body("1"))
        await fixture.transport.call(64).answer(200, Fixture.body("2"))
        await fixture.logs.waitForLines(before + 2)
        #expect(fixture.refresher.view(configured).available == "2")
    }

    @Test func `a shutdown drops what waits for its turn`() async throws {
        let fixture = Fixture()
        for index in 0..<100 {
            _ = fixture.refresher.request(try fixture.account("canary-of-account-\(index)"), demand: .anyCached)
        }
        _ = await fixture.transport.call(63)
        await fixture.refresher.shutdown()
        #expect(fixture.transport.callCount == 64)
        #expect(fixture.refresher.callsUnderWay == 0)
    }
}
