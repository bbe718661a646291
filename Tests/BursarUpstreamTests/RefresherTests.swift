import BursarCatalog
import BursarEngine
import BursarModel
import BursarUpstream
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(1))) struct RefresherTests {
    @Test func `a thousand callers on a cold credential make one call, and all get its reading`() async throws {
        let fixture = Fixture()
        let account = try fixture.account()
        let deadline = fixture.later
        let answers = await withTaskGroup(of: Answer.self) { group in
            for _ in 0..<1_000 {
                group.addTask { await fixture.refresher.answer(account, demand: .anyCached, deadline: deadline) }
            }
            // All wait: the call's two timers and one a waiter.
            await fixture.clock.waitForTimers(1_002)
            await fixture.transport.call(0).answer(200, Fixture.body("12.3400"))
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(fixture.transport.callCount == 1)
        #expect(answers.allSatisfy { $0.view.available == "12.3400" && $0.view.status == .fresh })
        #expect(answers.count { $0.source == .fetched } == 1)
        #expect(answers.count { $0.source == .collapsed } == 999)
        #expect(fixture.clock.timerCount == 0)
    }

    @Test func `a hit asks nobody and waits for nothing`() async throws {
        let fixture = Fixture()
        let account = try fixture.account()
        try await fixture.fill(account, "1.00")
        guard case .answered(let answer) = fixture.refresher.request(account, demand: .anyCached) else {
            Issue.record("a fresh reading needs no wait")
            return
        }
        #expect(answer.source == .held)
        #expect(answer.view.available == "1.00")
        #expect(fixture.transport.callCount == 1)
    }

    @Test func `a wait knows whether there was a reading when it began, whatever its call takes away`() async throws {
        let fixture = Fixture()
        let account = try fixture.account()
        func wait() throws -> Ticket {
            guard case .mustWait(let ticket) = fixture.refresher.request(account, demand: .newerThan(age: .zero)) else {
                throw NoWait()
            }
            return ticket
        }
        let first = try wait()
        await fixture.transport.call(0).answer(200, Fixture.body("1.00"))
        _ = await fixture.refresher.wait(first, until: fixture.later)
        fixture.clock.advance(by: .seconds(1))
        let second = try wait()
        await fixture.transport.call(1).answer(401, "{\"detail\":\"Invalid token.\"}")
        _ = await fixture.refresher.wait(second, until: fixture.later)
        #expect(fixture.refresher.view(account).reading == nil)
        #expect(!first.hadReading && second.hadReading)
    }

    private struct NoWait: Error {}

    @Test func `accounts that share a key and wait for one call each get its reading by their own ttl`() async throws {
        let fixture = Fixture()
        let short = try fixture.account()
        let long = UpstreamAccount(
            id: short.id, definition: short.definition, secret: short.secret,
            policy: RefreshPolicy(ttl: .seconds(3_600), staleFor: .zero, timeout: Fixture.timeout), keys: fixture.keys)
        guard case .mustWait(let first) = fixture.refresher.request(short, demand: .anyCached),
            case .mustWait(let second) = fixture.refresher.request(long, demand: .anyCached)
        else { throw NoWait() }
        await fixture.transport.call(0).answer(200, Fixture.body("1.00"))
        let answers = [
            await fixture.refresher.wait(first, until: fixture.later), await fixture.refresher.wait(second, until: fixture.later)
        ]
        let ttls = answers.map { $0.view.expiresAt.map { fixture.clock.now.wall.duration(to: $0.wall) } }
        #expect(ttls == [Fixture.ttl, .seconds(3_600)])
    }

    @Test func `what a store brought is told as restored, and what a call brought is not`() async throws {
        let (before, after) = (Fixture(), Fixture())
        let account = try before.account()
        try await before.fill(account, "1.00")
        let snapshot = try #require(before.refresher.snapshot(account.key))
        #expect(after.refresher.restore(account, snapshot))
        #expect(before.changes.list.map(\.isRestored) == [false])
        #expect(after.changes.list.map(\.isRestored) == [true])
    }

    @Test func `warming up reads an example, and asks, counts and leaves nothing`() async throws {
        let fixture = Fixture()
        #expect(await fixture.refresher.warmUp(with: [try fixture.account().definition]))
        #expect(fixture.transport.callCount == 0 && fixture.refresher.callsUnderWay == 0)
        #expect(fixture.refresher.metrics.snapshot().isEmpty)
        #expect(fixture.clock.timerCount == 0)
    }

    @Test func `who hangs up ends only its own wait`() async throws {
        let fixture = Fixture()
        let account = try fixture.account()
        let deadline = fixture.later
        let leaver = Task { await fixture.refresher.answer(account, demand: .anyCached, deadline: deadline) }
        await fixture.clock.waitForTimers(3)
        let stayer = Task { await fixture.refresher.answer(account, demand: .anyCached, deadline: deadline) }
        await fixture.clock.waitForTimers(4)
        leaver.cancel()
        #expect(await leaver.value.source == .waitedOut)
        await fixture.transport.call(0).answer(200, Fixture.body("5"))
        let answer = await stayer.value
        #expect(answer.source == .collapsed)
        #expect(answer.view.available == "5")
    }

    @Test func `a task that was cancelled before it waits does not hang`() async throws {
        let fixture = Fixture()
        let account = try fixture.account()
        let deadline = fixture.later
        let task = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return await fixture.refresher.answer(account, demand: .anyCached, deadline: deadline)
        }
        #expect(await task.value.source == .waitedOut)
    }

    @Test func `a waiter's own deadline ends its wait, and the late result lands`() async throws {
        let fixture = Fixture()
        let account = try fixture.account()
        let deadline = fixture.clock.now.monotonic.advanced(by: .seconds(1))
        let impatient = Task { await fixture.refresher.answer(account, demand: .anyCached, deadline: deadline) }
        await fixture.clock.waitForTimers(3)
        fixture.clock.advance(by: .seconds(1))
        let answer = await impatient.value
        #expect(answer.source == .waitedOut)
        #expect(answer.view.status == .unavailable)
        #expect(answer.view.isRefreshing)

        try await fixture.land(account) { await fixture.transport.call(0).answer(200, Fixture.body("7")) }
        #expect(fixture.refresher.view(account).available == "7")
        #expect(fixture.transport.callCount == 1)
    }

    @Test func `at the timeout every waiter is answered, and the late result still lands`() async throws {
        let fixture = Fixture()
        let account = try fixture.account()
        let deadline = fixture.later
        let waiters = (0..<3).map { _ in
            Task { await fixture.refresher.answer(account, demand: .anyCached, deadline: deadline) }
        }
        await fixture.clock.waitForTimers(5)
        fixture.clock.advance(by: Fixture.timeout)
        for waiter in waiters {
            let answer = await waiter.value
            #expect(answer.source == .waitedOut)
            #expect(answer.view.problem?.code == .timeout)
        }
        try await fixture.land(account) { await fixture.transport.call(0).answer(200, Fixture.body("8.50")) }
        #expect(fixture.refresher.view(account).status == .fresh)
        #expect(fixture.refresher.view(account).available == "8.50")
    }

    @Test func `a call that never ends is given up`() async throws {
        let fixture = Fixture()
        let account = try fixture.account()
        let waiter = Task { await fixture.refresher.answer(account, demand: .anyCached, deadline: fixture.later) }
        await fixture.clock.waitForTimers(3)
        fixture.clock.advance(by: .seconds(600))
        #expect(await waiter.value.view.problem?.code == .timeout)
        await fixture.logs.waitForLines(2)
        #expect(!fixture.refresher.view(account).isRefreshing)
        #expect(fixture.logs.text.contains("outcome=timeout"))
    }

    @Test func `a timeout is logged when it is one, and no line names a hold that is over`() async throws {
        let fixture = Fixture()
        let account = try fixture.account()
        let waiter = Task { await fixture.refresher.answer(account, demand: .anyCached, deadline: fixture.later) }
        await fixture.clock.waitForTimers(3)
        fixture.clock.advance(by: Fixture.timeout)
        _ = await waiter.value
        await fixture.logs.waitForLines(1)
        let overdue = fixture.logs.text
        #expect(overdue.contains("warning upstream call overdue") && overdue.contains("ms=5000"), "\(overdue)")
        #expect(overdue.contains("hold=backoff") && overdue.contains("until="), "\(overdue)")
        // The backoff of a second ends long before the call does.
        fixture.clock.advance(by: Fixture.timeout * 3)
        await fixture.logs.waitForLines(2)
        let ended = fixture.logs.text.split(separator: "\n").last ?? ""
        #expect(ended.contains("outcome=timeout") && !ended.contains("until="), "\(ended)")
    }

    @Test func `one immediate retry, while the waiters wait on`() async throws {
        let fixture = Fixture()
        let account = try fixture.account()
        let waiter = Task { await fixture.refresher.answer(account, demand: .anyCached, deadline: fixture.later) }
        await fixture.transport.call(0).answer(500, "<html>")
        await fixture.transport.call(1).answer(200, Fixture.body("3"))
        let answer = await waiter.value
        #expect(answer.source == .fetched)
        #expect(answer.view.available == "3")
        #expect(fixture.transport.callCount == 2)
    }

    @Test func `a 429 is waited out for as long as it says`() async throws {
        let fixture = Fixture()
        let account = try fixture.account()
        let waiter = Task { await fixture.refresher.answer(account, demand: .newest, deadline: fixture.later) }
        await fixture.transport.call(0).answer(429, "{\"detail\":\"Request was throttled.\"}", [("retry-after", "17")])
        let answer = await waiter.value
        #expect(answer.view.problem?.code == .rateLimited)
        #expect(answer.view.errorReply?.status == 429)
        guard case .answered(let blocked) = fixture.refresher.request(account, demand: .newest),
            case .blocked(.coolingDown(let until)) = blocked.source
        else {
            Issue.record("inside a cooldown nobody is asked")
            return
        }
        let wait = fixture.clock.now.monotonic.duration(to: until.monotonic)
        #expect(wait >= .seconds(17) && wait < .seconds(25))
        fixture.clock.advance(by: wait)
        guard case .mustWait = fixture.refresher.request(account, demand: .anyCached) else {
            Issue.record("after the cooldown the provider is asked again")
            return
        }
        _ = await fixture.transport.call(1)
    }

    @Test func `a stale reading is given at once, and one refresh runs behind it`() async throws {
        let fixture = Fixture()
        let account = try fixture.account()
        try await fixture.fill(account, "1.00")
        fixture.clock.advance(by: Fixture.ttl + .seconds(1))
        for _ in 0..<5 {
            guard case .answered(let answer) = fixture.refresher.request(account, demand: .anyCached) else {
                Issue.record("stale while revalidating")
                return
            }
            #expect(answer.source == .cachedStale(refreshing: true))
            #expect(answer.view.available == "1.00")
        }
        try await fixture.land(account) { await fixture.transport.call(1).answer(200, Fixture.body("2.00")) }
        #expect(fixture.refresher.view(account).available == "2.00")
        #expect(fixture.transport.callCount == 2)
    }

    @Test func `two callers with keys of their own never see each other's reading`() async throws {
        let fixture = Fixture()
        let one = try fixture.account("caller-one-key", passedThrough: true)
        let two = try fixture.account("caller-two-key", passedThrough: true)
        #expect(one.key != two.key)
        try await fixture.fill(one, "1.11")
        #expect(fixture.refresher.view(two).reading == nil)
        try await fixture.fill(two, "2.22", call: 1)
        #expect(fixture.refresher.view(one).available == "1.11")
        #expect(fixture.refresher.view(two).available == "2.22")
    }

    @Test func `a dropped ticket leaves the wait and nothing else`() async throws {
        let fixture = Fixture()
        let account = try fixture.account()
        var step: Step? = fixture.refresher.request(account, demand: .anyCached)
        #expect(fixture.refresher.status(account)?.waiters == 1)
        step = nil
        #expect(step == nil)
        #expect(fixture.refresher.status(account)?.waiters == 0)
        try await fixture.land(account) { await fixture.transport.call(0).answer(200, Fixture.body("4")) }
        #expect(fixture.refresher.view(account).available == "4")
    }

    @Test func `changes are numbered in the order in which they were decided`() async throws {
        let fixture = Fixture()
        let account = try fixture.account()
        try await fixture.fill(account, "1")
        fixture.clock.advance(by: Fixture.ttl + .seconds(1))
        _ = fixture.refresher.request(account, demand: .anyCached)
        try await fixture.land(account) { await fixture.transport.call(1).answer(401, "{\"detail\":\"Invalid token.\"}") }
        let changes = fixture.changes.list
        #expect(changes.map(\.number) == changes.map(\.number).sorted())
        #expect(changes.first?.view.available == "1")
        #expect(changes.last?.view.status == .unavailable)
        #expect(changes.allSatisfy { $0.key == account.key })
    }

    /// A request that began with the configuration of before asks just after the credential was forgotten.
    @Test func `a credential that a late request made anew is forgotten by the next reload`() async throws {
        let fixture = Fixture()
        let (stays, goes) = (try fixture.account("stays-3f9d2c77a1"), try fixture.account("goes-3f9d2c77a1"))
        try await fixture.fill(stays, "1")
        fixture.refresher.forget(exceptFor: [stays.key])
        try await fixture.fill(goes, "2", call: 1)
        #expect(fixture.refresher.status(goes) != nil)
        fixture.refresher.forget(exceptFor: [stays.key])
        #expect(fixture.refresher.status(goes) == nil)
        #expect(fixture.refresher.view(stays).available == "1")
    }

    /// A definition of the same provider that reads another member.
    private func another() throws -> Catalog {
        let yaml = """
            openapi: 3.1.0
            info: {title: TensorPix, version: 1.0.0}
            servers: [{url: "https://api.tensorpix.test"}]
            security: [{key: []}]
            x-bursar: {id: tensorpix, amounts: [{unit: credits, available: credits}]}
            paths:
              /balance:
                get:
                  responses:
                    "200":
                      description: The balance
                      content:
                        application/json:
                          schema: {type: object, properties: {credits: {type: number}}}
                          example: {credits: 1}
            components:
              securitySchemes:
                key: {type: apiKey, in: header, name: X-Key}
            """
        return try Catalog.empty.adding([DefinitionFile(path: "t.yaml", bytes: Array(yaml.utf8))])
    }

    @Test func `an answer that comes after its definition was replaced is judged by the new one`() async throws {
        let fixture = Fixture()
        let account = try fixture.account()
        let catalog = try another()
        let answer = Task { [fixture] in await fixture.refresher.answer(account, demand: .newest, deadline: fixture.later) }
        let call = await fixture.transport.call(0)
        fixture.refresher.redefine(catalog.definitions, keys: [account.key])
        call.answer(200, #"{"balance_usd":"1","credits":7}"#)
        #expect(await answer.value.view.available == "7")
        fixture.refresher.redefine(catalog.definitions, keys: [account.key])
        #expect(fixture.refresher.view(account).reading == nil, "and what is held goes with its definition")
    }

    @Test func `an answer whose definition is replaced while it is judged is judged again by the new one`() async throws {
        let fixture = Fixture()
        let account = try fixture.account()
        let catalog = try another()
        let answer = Task { [fixture] in await fixture.refresher.answer(account, demand: .newest, deadline: fixture.later) }
        let call = await fixture.transport.call(0)
        await fixture.clock.waitForTimers(3)
        fixture.clock.atNextLook { fixture.refresher.redefine(catalog.definitions, keys: [account.key]) }
        call.answer(200, #"{"balance_usd":"1","credits":7}"#)
        #expect(await answer.value.view.available == "7")
        #expect(fixture.refresher.view(account).available == "7")
    }

    @Test func `a shutdown wakes everyone, ends the calls and asks nobody any more`() async throws {
        let fixture = Fixture()
        let account = try fixture.account()
        let waiter = Task { await fixture.refresher.answer(account, demand: .anyCached, deadline: fixture.later) }
        _ = await fixture.transport.call(0)
        await fixture.clock.waitForTimers(3)
        await fixture.refresher.shutdown()
        #expect(await waiter.value.source == .waitedOut)
        #expect(fixture.transport.isShutDown)
        #expect(await fixture.refresher.answer(account, demand: .newest, deadline: fixture.later).source == .waitedOut)
        #expect(fixture.transport.callCount == 1)
        #expect(fixture.refresher.view(account).problem == nil, "a call that the shutdown ended says nothing about the provider")
    }
}

extension Fixture {
    /// Does `work` and returns once the change that it leads to was published.
    func land(_ account: UpstreamAccount, _ work: () async throws -> Void) async throws {
        try await work()
        try await eventually { refresher.callsUnderWay == 0 }
    }

    /// Gives the account a reading.
    func fill(_ account: UpstreamAccount, _ amount: String, call: Int = 0) async throws {
        let answer = Task { [refresher, later] in await refresher.answer(account, demand: .newest, deadline: later) }
        await transport.call(call).answer(200, Self.body(amount))
        #expect(await answer.value.view.available == amount)
    }
}
