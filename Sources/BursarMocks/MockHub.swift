internal import BursarHTTP
internal import BursarModel
internal import NIOCore
internal import Synchronization

/// Answers the requests of a server from a ``MockDesk``, and wakes who waits for calls. *Mutex; any thread.*
final class MockHub: Responder {
    /// A test that waits until a provider was called so often. *Value.*
    private struct Waiter {
        let provider: String
        let count: Int
        let continuation: CheckedContinuation<Bool, Never>
    }

    private struct State {
        var desk: MockDesk
        var waiters: [UInt64: Waiter] = [:]
        var lastWaiter: UInt64 = 0
        var isStopped = false

        /// Takes out the waiters whose count is reached, to be woken outside of the lock.
        mutating func takeDue() -> [Waiter] {
            guard !waiters.isEmpty else { return [] }
            let due = waiters.filter { desk.ledger.providers[$0.value.provider]?.calls ?? 0 >= $0.value.count }
            for id in due.keys { waiters[id] = nil }
            return Array(due.values)
        }
    }

    /// The ids, in the catalog's order.
    let providers: [String]
    private let shelf: MockShelf
    private let state: Mutex<State>
    private let latency: Duration
    private let clock: any Clock<Duration>
    private let wallTime: @Sendable () -> WallTime

    init(
        _ shelf: MockShelf, latency: Duration, clock: any Clock<Duration>,
        wallTime: @escaping @Sendable () -> WallTime
    ) {
        providers = shelf.names
        self.shelf = shelf
        state = Mutex(State(desk: MockDesk(shelf)))
        self.latency = latency
        self.clock = clock
        self.wallTime = wallTime
    }

    func respond(to request: Request) -> Reply {
        let missing = shelf.missing(for: request.path)
        guard missing.isEmpty else {
            // To make all of them takes a second, which neither an event loop nor a holder of the lock may spend.
            return .later { [self] in
                for name in missing {
                    _ = shelf[name]
                    await Task.yield()
                }
                return await answer(to: request).finished(clock)
            }
        }
        let timed = answer(to: request)
        guard timed.waits else { return .now(timed.response) }
        return .later { [clock] in await timed.finished(clock) }
    }

    private func answer(to request: Request) -> TimedAnswer {
        let now = wallTime()
        let headers = request.headers
        let asked = MockRequest(
            method: request.method, path: request.path, header: { headers[$0] }, body: request.body)
        let (step, due) = state.withLock { state in (state.desk.handle(asked, now: now), state.takeDue()) }
        for waiter in due { waiter.continuation.resume(returning: true) }

        let answer = step.made()
        let response = Response(answer, clock: clock)
        guard case .call = step else { return TimedAnswer(response: response) }
        return TimedAnswer(response: response, delay: latency + answer.delay, hangs: answer.ending == .hang)
    }

    /// What a request comes to, and when. *Value.*
    private struct TimedAnswer: Sendable {
        let response: Response
        var delay: Duration = .zero
        var hangs = false

        var waits: Bool { delay > .zero || hangs }

        func finished(_ clock: any Clock<Duration>) async -> Response {
            // A cancelled sleep is a client that left: nobody reads what is returned then.
            if delay > .zero { try? await clock.sleep(for: delay) }
            if hangs { await MockHub.clientLeft() }
            return response
        }
    }

    /// The server's own refusals (431, 413 …), in the same form as every other error of the mocks.
    func refusal(status: Int, detail: String, requestID: RequestID) -> Response {
        Response(.problem(status, "refused", title: MockAnswer.phrase(status), detail: detail))
    }
}

extension MockHub {
    /// Returns when the task of a request is cancelled.
    fileprivate static func clientLeft() async {
        let (never, source) = AsyncStream<Never>.makeStream()
        for await _ in never {}
        source.finish()
    }

    /// For Retry-After as a date; nothing is measured with it.
    static let systemTime: @Sendable () -> WallTime = { WallTime.now() }
}

// MARK: - For who holds the mocks in process

extension MockHub {
    func set(_ scenario: MockScenario?, times: Int?, for provider: String) throws(MockError) {
        try check(provider)
        state.withLock { $0.desk.set(scenario, times: times, for: provider) }
    }

    func resetAll() { state.withLock { $0.desk.resetAll() } }

    func record(of provider: String) throws(MockError) -> MockLedger.ProviderRecord {
        try check(provider)
        return state.withLock { $0.desk.ledger.providers[provider] } ?? MockLedger.ProviderRecord()
    }

    func waitForCalls(_ count: Int, of provider: String) async throws(MockError) {
        try check(provider)
        let id = state.withLock { state in
            state.lastWaiter += 1
            return state.lastWaiter
        }
        let isReached = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let answer = state.withLock { state -> Bool? in
                    if state.desk.ledger.providers[provider]?.calls ?? 0 >= count { return true }
                    if state.isStopped || Task.isCancelled { return false }
                    state.waiters[id] = Waiter(provider: provider, count: count, continuation: continuation)
                    return nil
                }
                if let answer { continuation.resume(returning: answer) }
            }
        } onCancel: {
            // Comes too early where the waiter is not there yet; the check of Task.isCancelled above then sees it.
            state.withLock { $0.waiters.removeValue(forKey: id) }?.continuation.resume(returning: false)
        }
        guard isReached else { throw .cancelled }
    }

    /// Whoever waits now or later is told that there is nothing to wait for.
    func stopped() {
        let waiters = state.withLock { state in
            state.isStopped = true
            defer { state.waiters = [:] }
            return state.waiters
        }
        for waiter in waiters.values { waiter.continuation.resume(returning: false) }
    }

    private func check(_ provider: String) throws(MockError) {
        guard providers.contains(provider) else { throw .unknownProvider(provider, existing: providers) }
    }
}

extension Response {
    /// The server adds Date, Content-Length and Connection itself. Nothing here may be kept by a cache: each call counts.
    init(_ answer: MockAnswer, clock: any Clock<Duration> = ContinuousClock()) {
        var headers: HeaderFields = [:]
        if let contentType = answer.contentType { headers.add("Content-Type", contentType) }
        headers.add("Cache-Control", "no-store")
        for field in answer.headers { headers.add(field.name, field.value) }
        // So that whatever answers in a provider's place can be told from the provider.
        if !headers.contains("Bursar-Mock") { headers.add("Bursar-Mock", "none") }
        guard answer.ending == .complete else {
            let body = FaultyBody(answer.body, ending: answer.ending, clock: clock)
            self.init(status: answer.status, headers: headers, producer: body)
            return
        }
        self.init(status: answer.status, headers: headers, bytes: answer.body)
    }
}
