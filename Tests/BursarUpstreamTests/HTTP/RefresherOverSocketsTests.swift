import BursarEngine
import BursarMocks
import BursarModel
import BursarUpstream
import NIOPosix
import Testing

/// The refresher on the real clock and the real client, against the mock providers.
@Suite struct RefresherOverSocketsTests {
    private static let provider = "tensorpix"
    private let keys = CredentialKeys.random()

    private func withRefresher<Result>(
        latency: Duration = .zero, clock: (any UpstreamClock)? = nil, mockClock: any Clock<Duration> = ContinuousClock(),
        _ body: (Refresher, MockProviders, LogCapture) async throws -> Result
    ) async throws -> Result {
        let mocks = try await MockProviders.start(latency: latency, clock: mockClock)
        let logs = LogCapture()
        let group = MultiThreadedEventLoopGroup.singleton
        let refresher = Refresher(
            seed: 1, clock: clock ?? SystemClock(eventLoopGroup: group), transport: HTTPTransport(eventLoopGroup: group),
            scrubber: ScrubberBox(), logger: logs.logger, onChange: { _ in })
        do {
            let result = try await body(refresher, mocks, logs)
            await refresher.shutdown()
            await mocks.stop()
            return result
        } catch {
            await refresher.shutdown()
            await mocks.stop()
            throw error
        }
    }

    private func account(_ mocks: MockProviders, key: String, timeout: Duration = .seconds(600)) throws -> UpstreamAccount {
        let definition = try Fixture.definition()
        return UpstreamAccount(
            id: nil, definition: definition, baseURL: mocks.baseURL(for: Self.provider), secret: Secret(key),
            policy: RefreshPolicy(ttl: .seconds(30), staleFor: .seconds(3_600), timeout: timeout), keys: keys)
    }

    @Test func `a thousand callers at once make one call`() async throws {
        try await withRefresher(latency: .milliseconds(50)) { refresher, mocks, _ in
            let account = try account(mocks, key: "mock-ok")
            let deadline = refresher.now.monotonic.advanced(by: .seconds(600))
            let views = await withTaskGroup(of: AccountView.self) { group in
                for _ in 0..<1_000 {
                    group.addTask { await refresher.answer(account, demand: .anyCached, deadline: deadline).view }
                }
                return await group.reduce(into: []) { $0.append($1) }
            }
            #expect(views.allSatisfy { $0.status == .fresh })
            #expect(Set(views.map { $0.available }).count == 1)
            #expect(try mocks.calls(for: Self.provider) == 1)
        }
    }

    @Test(arguments: [
        ("ok", nil), ("gzip", nil), ("401", ProblemCode.unauthorized), ("403", .forbidden),
        ("429-retry-after-3", .rateLimited), ("500", .upstreamError), ("503", .upstreamError), ("reset", .unreachable),
        ("truncated", .invalidResponse), ("html", .invalidResponse), ("wrong-types", .invalidResponse),
        ("redirect", .upstreamError),
        ("huge", .invalidResponse), ("gzip-bomb", .invalidResponse), ("bad-gzip", .invalidResponse)
    ])
    func `what a provider does becomes the code of the contract`(scenario: String, code: ProblemCode?) async throws {
        try await withRefresher { refresher, mocks, logs in
            let account = try account(mocks, key: "mock-\(scenario)~canary-0123456789")
            let answer = await refresher.answer(
                account, demand: .anyCached, deadline: refresher.now.monotonic.advanced(by: .seconds(600)))
            #expect(answer.view.problem?.code == code)
            #expect((answer.view.reading == nil) == (code != nil))
            #expect(!logs.text.contains("canary"))
            #expect(try mocks.redirectsFollowed(for: Self.provider) == 0)
        }
    }

    @Test func `who waits for a slow provider gets a timeout, and the late answer lands`() async throws {
        let gate = GateClock()
        let clock = ManualClock()
        try await withRefresher(clock: clock, mockClock: gate) { refresher, mocks, logs in
            let account = try account(mocks, key: "mock-slow-1s", timeout: .seconds(5))
            let waiter = Task {
                await refresher.answer(account, demand: .anyCached, deadline: clock.now.monotonic.advanced(by: .seconds(60)))
            }
            try await mocks.waitForCalls(1, for: Self.provider)
            await clock.waitForTimers(3)
            clock.advance(by: .seconds(5))
            #expect(await waiter.value.view.problem?.code == .timeout)
            gate.open()
            await logs.waitForLines(2)
            #expect(refresher.view(account).status == .fresh)
            #expect(try mocks.calls(for: Self.provider) == 1)
        }
    }

    @Test func `a key that the provider echoes reaches no reply and no log`() async throws {
        try await withRefresher { refresher, mocks, logs in
            for scenario in ["echo-key", "echo-key-401"] {
                let account = try account(mocks, key: "mock-\(scenario)~canary-0123456789")
                let answer = await refresher.answer(
                    account, demand: .anyCached, deadline: refresher.now.monotonic.advanced(by: .seconds(600)))
                let reply = try #require(answer.view.reading?.reply ?? answer.view.errorReply)
                let scrubber = Scrubber([account.secret])
                #expect(!scrubber.finds(in: reply.body))
                #expect(String(decoding: reply.body, as: UTF8.self).contains("[redacted]"))
                #expect(!logs.text.contains("canary"))
            }
        }
    }
}
