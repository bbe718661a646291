import BursarHTTP
import BursarModel
import Testing

@testable import BursarMocks

/// The scenarios as a client sees them, over real sockets.
struct MockServerTests {
    private static let path = "/alpha/v1/team/balance/"

    private func withMocks<Result>(
        _ provider: MockProvider = Fixture.text, latency: Duration = .zero, clock: any Clock<Duration> = ContinuousClock(),
        _ body: (MockProviders) async throws -> Result
    ) async throws -> Result {
        let mocks = try await MockProviders.start(
            providers: [provider, Fixture.envelope.renamed("beta")], listeners: [.tcp(host: "127.0.0.1", port: 0)],
            latency: latency, clock: clock)
        do {
            let result = try await body(mocks)
            await mocks.stop()
            return result
        } catch {
            await mocks.stop()
            throw error
        }
    }

    private func get(_ mocks: MockProviders, _ key: String, path: String = Self.path) async throws -> RawClient.Reply {
        try await RawClient.get(path, port: mocks.port, headers: ["Authorization: Token \(key)"])
    }

    @Test func `an ok arrives with the example's bytes and says what it is`() async throws {
        try await withMocks { mocks in
            let reply = try await get(mocks, "mock-ok")
            #expect(reply.status == 200)
            #expect(reply.body == Fixture.text.success.body)
            #expect(reply.header("Bursar-Mock") == "ok")
            #expect(reply.header("Content-Type") == "application/json")
            #expect(reply.header("Cache-Control") == "no-store")
            #expect(reply.header("Content-Length") == "\(Fixture.text.success.body.count)")
        }
    }

    @Test(arguments: [
        "ok-201", "depleted", "low", "balance-12.3400", "drift", "top-up", "big-number", "401", "403", "400", "429",
        "429-retry-after-3",
        "429-retry-after-0", "429-text-17", "429-ratelimit-30", "500", "503", "503-retry-after-2", "error-inside-200",
        "flaky-3", "slow-1ms", "drip-1ms", "truncated-json", "html", "wrong-types", "duplicate-keys", "huge", "gzip", "gzip-bomb",
        "bad-gzip", "redirect", "echo-key", "echo-key-401"
    ])
    func `a whole answer arrives as it was made`(name: String) async throws {
        let scenario = try #require(MockScenario(name))
        let made = Fixture.text.answer(
            .init(turn: .init(scenario: scenario, number: 1), key: Secret("mock-\(name)"), now: WallTime(milliseconds: 0)))
        try await withMocks { mocks in
            let reply = try await get(mocks, "mock-\(name)")
            #expect(reply.status == made.status)
            #expect(reply.body == made.body)
            for field in made.headers { #expect(reply.header(field.name) == field.value) }
            #expect(!reply.wasReset)
        }
    }

    @Test func `an HTTP-date lies exactly so far ahead of the answer's own Date`() async throws {
        try await withMocks { mocks in
            // The clock may tick between the two, once: a second try is then inside of one second.
            for attempt in 1...3 {
                let reply = try await get(mocks, "mock-429-date-5")
                let epoch = WallTime(milliseconds: 0)
                let date = try #require(WallTime(httpDate: reply.header("Date") ?? "", now: epoch))
                let retry = try #require(WallTime(httpDate: reply.header("Retry-After") ?? "", now: epoch))
                if date.duration(to: retry) == .seconds(5) { return }
                #expect(attempt < 3)
            }
        }
    }

    @Test func `hang answers nothing, is counted, and harms nobody else`() async throws {
        try await withMocks { mocks in
            let hanging = try await RawClient.open(
                RawClient.request(Self.path, headers: ["Authorization: Token mock-hang"]), port: mocks.port)
            try await mocks.waitForCalls(1, for: "alpha")
            #expect(try await get(mocks, "mock-ok").status == 200)
            #expect(await hanging.received(0).bytes.isEmpty)
            #expect(!hanging.isEnded)
            hanging.close()
        }
    }

    @Test func `stop ends what hangs`() async throws {
        let mocks = try await MockProviders.start(
            providers: [Fixture.text], listeners: [.tcp(host: "127.0.0.1", port: 0)], latency: .zero, clock: ContinuousClock())
        let hanging = try await RawClient.open(
            RawClient.request(Self.path, headers: ["Authorization: Token mock-hang"]), port: mocks.port)
        try await mocks.waitForCalls(1, for: "alpha")
        await mocks.stop()
        #expect(await hanging.ended().bytes.isEmpty)
    }

    @Test func `reset is a reset and no answer`() async throws {
        try await withMocks { mocks in
            let reply = try await get(mocks, "mock-reset")
            #expect(reply.wasReset)
            #expect(reply.bytes.isEmpty)
        }
    }

    @Test func `truncated promises more than it sends, and closes`() async throws {
        try await withMocks { mocks in
            let reply = try await get(mocks, "mock-truncated")
            #expect(reply.header("Content-Length") == "\(Fixture.text.success.body.count)")
            #expect(reply.body == Array(Fixture.text.success.body.prefix(12)))
        }
    }

    @Test func `stalled sends half and stays open`() async throws {
        try await withMocks { mocks in
            let connection = try await RawClient.open(
                RawClient.request(Self.path, headers: ["Authorization: Token mock-stalled"]), port: mocks.port)
            var reply = await connection.received(1)
            while reply.body.count < 12 { reply = await connection.received(reply.bytes.count + 1) }
            #expect(reply.body == Array(Fixture.text.success.body.prefix(12)))
            #expect(!connection.isEnded)
            connection.close()
        }
    }

    @Test func `slow and latency wait by the clock that was given`() async throws {
        let clock = HeldClock()
        try await withMocks(latency: .milliseconds(50), clock: clock) { mocks in
            async let reply = get(mocks, "mock-slow-30s")
            await clock.waitForSleeper()
            #expect(clock.asked == [.milliseconds(30_050)])
            clock.release()
            let status = try await reply.status
            #expect(status == 200)
        }
    }

    @Test func `a PUT sets what other keys get, for as often as it says, and DELETE ends it`() async throws {
        try await withMocks { mocks in
            let put = try await RawClient.get(
                "/_mock/alpha", port: mocks.port, method: "PUT", body: #"{"scenario": "503-retry-after-2", "times": 2}"#)
            #expect(put.status == 200)
            #expect(put.text.contains(#""times_left":2"#))
            #expect(try await get(mocks, "demo").status == 503)
            #expect(try await get(mocks, "mock-ok").status == 200)
            #expect(try await get(mocks, "demo").header("Retry-After") == "2")
            #expect(try await get(mocks, "demo").status == 200)

            try mocks.set(.html, for: "alpha")
            #expect(try await get(mocks, "demo").header("Bursar-Mock") == "html")
            #expect(try await RawClient.get("/_mock/alpha", port: mocks.port, method: "DELETE").status == 200)
            #expect(try await get(mocks, "demo").header("Bursar-Mock") == "ok")
            #expect(try mocks.calls(for: "alpha") == 6)
            #expect(try mocks.calls(for: "alpha", key: "demo") == 5)
            #expect(try mocks.calls(for: "beta") == 0)
        }
    }

    @Test func `every answer says who gave it, also where no provider did`() async throws {
        try await withMocks { mocks in
            for path in ["/_mock", "/nowhere", "/_mock/alpha"] {
                #expect(try await RawClient.get(path, port: mocks.port).header("Bursar-Mock") == "none")
            }
            let refused = try await RawClient.send("GET\r\n\r\n", port: mocks.port)
            #expect(refused.header("Bursar-Mock") == "none")
        }
    }

    @Test func `a refusal of the server has the words of its status`() async throws {
        try await withMocks { mocks in
            let head = "POST / HTTP/1.1\r\nHost: mocks\r\n"
            for (rest, status, title) in [
                ("Content-Length: 65537\r\n\r\n", 413, "Content Too Large"),
                ((0..<101).map { "x-\($0): y\r\n" }.joined() + "\r\n", 431, "Request Header Fields Too Large")
            ] {
                let refused = try await RawClient.send(head + rest, port: mocks.port)
                #expect(refused.status == status && refused.text.contains("\"title\":\"\(title)\""), "\(refused.text)")
            }
        }
    }

    @Test func `HEAD has the head of GET and no body`() async throws {
        try await withMocks { mocks in
            let reply = try await RawClient.get(
                Self.path, port: mocks.port, headers: ["Authorization: Token mock-ok"], method: "HEAD")
            #expect(reply.status == 200)
            #expect(reply.header("Content-Length") == "\(Fixture.text.success.body.count)")
            #expect(reply.body.isEmpty)
        }
    }

    @Test func `hundreds at once are each answered and each counted`() async throws {
        try await withMocks { mocks in
            try await withThrowingTaskGroup(of: Int?.self) { group in
                for number in 0..<300 {
                    let port = mocks.port
                    group.addTask {
                        try await RawClient.get(
                            Self.path, port: port, headers: ["Authorization: Token mock-flaky-3~\(number % 3)"]
                        ).status
                    }
                }
                var statuses: [Int: Int] = [:]
                for try await status in group { statuses[status ?? 0, default: 0] += 1 }
                // 100 calls of each of three keys, every third of each is a 500.
                #expect(statuses == [200: 201, 500: 99])
            }
            #expect(try mocks.calls(for: "alpha") == 300)
        }
    }

    @Test(arguments: [
        "GET / HTTP/1.1\r\n\r\n", "GET /alpha HTTP/9.9\r\nHost: x\r\n\r\n", "\0\0\0\0\r\n\r\n",
        "GET " + String(repeating: "/a", count: 20_000) + " HTTP/1.1\r\nHost: x\r\n\r\n",
        "PUT /_mock/alpha HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999\r\n\r\n",
        "PUT /_mock/alpha HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nConnection: close\r\n\r\n\u{7f}\u{0}",
        "GET /alpha/v1/team/balance/ HTTP/1.1\r\nHost: x\r\nAuthorization: Token \r\nConnection: close\r\n\r\n"
    ])
    func `hostile bytes get an error and the next caller an answer`(text: String) async throws {
        try await withMocks { mocks in
            let reply = try await RawClient.send(text, port: mocks.port)
            #expect((400...505).contains(reply.status ?? 400))
            #expect(try await get(mocks, "mock-ok").status == 200)
        }
    }

    @Test func `a wait for calls ends with the task and with the mocks`() async throws {
        try await withMocks { mocks in
            let waiting = Task { try await mocks.waitForCalls(1, for: "alpha") }
            waiting.cancel()
            await #expect(throws: MockError.cancelled) { try await waiting.value }
        }
        let stopped = try await withMocks { $0 }
        await #expect(throws: MockError.cancelled) { try await stopped.waitForCalls(1, for: "alpha") }
    }

    @Test func `a provider that does not exist is an error that says what does`() async throws {
        try await withMocks { mocks in
            let expected = MockError.unknownProvider("gamma", existing: ["alpha", "beta"])
            #expect(throws: expected) { try mocks.set(.ok, for: "gamma") }
            #expect(throws: expected) { try mocks.calls(for: "gamma") }
            #expect(expected.description == #"no provider is called "gamma"; there are alpha, beta"#)
            #expect(mocks.baseURL(for: "alpha") == "http://127.0.0.1:\(mocks.port)/alpha")
        }
    }

    @Test func `a port that is taken is an error with its reason`() async throws {
        try await withMocks { mocks in
            let port = mocks.port
            await #expect(throws: MockError.self) {
                _ = try await MockProviders.start(
                    providers: [Fixture.text], listeners: [.tcp(host: "127.0.0.1", port: port)], latency: .zero,
                    clock: ContinuousClock())
            }
        }
    }
}
