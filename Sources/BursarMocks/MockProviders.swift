import BursarBasics
internal import BursarHTTP
internal import BursarModel
internal import NIOCore
internal import NIOPosix

/// Mock providers in this process, on a port of their own: what `bursar mock` serves, for the tests of other Swift packages.
///
/// ```swift
/// let mocks = try await MockProviders.start()
/// let client = MyClient(baseURL: mocks.baseURL(for: "acme"), key: "mock-429-retry-after-3")
/// …
/// await mocks.stop()
/// ```
///
/// Each provider answers at ``baseURL(for:)`` followed by its documented path, asks for its documented credential, and takes any
/// key. A key `mock-429-retry-after-3` chooses the ``MockScenario`` of that name by itself; other keys get `ok`, or what
/// ``set(_:for:times:)`` says. *Any thread.*
public final class MockProviders: Sendable {
    private let hub: MockHub
    private let server: HTTPServer
    /// Where the server is found, as text: `127.0.0.1:40123`, `unix:/run/mocks.sock`.
    package let addresses: [String]
    /// `http://127.0.0.1:40123`; empty where only Unix sockets are listened on.
    public let url: String
    /// The port that is listened on, the first where there are several; 0 where there are only Unix sockets.
    public let port: Int

    private init(hub: MockHub, server: HTTPServer) {
        let bound = server.addresses
        self.hub = hub
        self.server = server
        addresses = bound.map(\.description)
        url = bound.lazy.compactMap(\.url).first ?? ""
        port = bound.lazy.compactMap(\.port).first ?? 0
    }

    /// Listens on all of `listeners`, or on none.
    static func start(
        providers: [MockProvider], listeners: [ListenerSource], latency: Duration, clock: any Clock<Duration>,
        wallTime: @escaping @Sendable () -> WallTime = MockHub.systemTime
    ) async throws(MockError) -> MockProviders {
        try await start(
            shelf: MockShelf(providers), listeners: listeners, latency: latency, clock: clock, wallTime: wallTime)
    }

    /// Listens on all of `listeners`, or on none.
    static func start(
        shelf: MockShelf, listeners: [ListenerSource], latency: Duration, clock: any Clock<Duration>,
        wallTime: @escaping @Sendable () -> WallTime = MockHub.systemTime
    ) async throws(MockError) -> MockProviders {
        let hub = MockHub(shelf, latency: latency, clock: clock, wallTime: wallTime)
        let server = HTTPServer(
            configuration: ServerConfiguration(listeners: listeners.map { ListenerConfiguration($0) }), responder: hub,
            http2: HTTP2Protocol(),
            group: MultiThreadedEventLoopGroup.singleton)
        do throws(ListenError) {
            try await server.start()
        } catch {
            throw .cannotListen(error.description)
        }
        return MockProviders(hub: hub, server: server)
    }

    /// Ends the server at once, with whatever hangs on it. ``waitForCalls(_:for:)`` then throws ``MockError/cancelled``.
    public func stop() async {
        hub.stopped()
        await server.stop()
    }

    /// Takes no new connection, lets answers that are under way end, and ends the rest after `time`.
    package func drain(within time: Duration) async {
        await server.drain(by: .now() + .nanoseconds(time.nanoseconds))
        hub.stopped()
    }
}

// MARK: - Where

extension MockProviders {
    /// The ids of all providers, the built-in ones first.
    public var providers: [String] { hub.providers }

    /// The base URL that stands for the provider's own, without a slash at its end: `http://127.0.0.1:40123/acme`. The
    /// documented path follows. Where no provider has this id, calls get a 404 that lists what exists.
    public func baseURL(for provider: String) -> String { "\(url)/\(provider)" }
}

// MARK: - What happens

extension MockProviders {
    /// From now on `scenario` answers the provider's callers whose key does not begin with `mock-`.
    /// - Parameter times: how many calls it answers before it is `ok` again; nil for all.
    /// - Throws: ``MockError/unknownProvider(_:existing:)``.
    public func set(_ scenario: MockScenario, for provider: String, times: Int? = nil) throws(MockError) {
        try hub.set(scenario, times: times, for: provider)
    }

    /// The provider's callers get `ok` again, and what `drift`, `top-up` and `flaky` count begins anew. The counts of calls
    /// stay.
    /// - Throws: ``MockError/unknownProvider(_:existing:)``.
    public func reset(_ provider: String) throws(MockError) { try hub.set(nil, times: nil, for: provider) }

    /// As if just started: no scenario, no counts.
    public func resetAll() { hub.resetAll() }
}

// MARK: - What happened

extension MockProviders {
    /// How often the provider was called, counted on arrival: calls that hang count, and calls without a valid credential too.
    /// - Throws: ``MockError/unknownProvider(_:existing:)``.
    public func calls(for provider: String) throws(MockError) -> Int { try hub.record(of: provider).calls }

    /// How often the provider was called with this very key.
    /// - Throws: ``MockError/unknownProvider(_:existing:)``.
    public func calls(for provider: String, key: String) throws(MockError) -> Int {
        try hub.record(of: provider).keys[Secret(key).fingerprint]?.calls ?? 0
    }

    /// How often somebody went where `redirect` points to: a client that carries a key should not.
    /// - Throws: ``MockError/unknownProvider(_:existing:)``.
    public func redirectsFollowed(for provider: String) throws(MockError) -> Int {
        try hub.record(of: provider).redirectsFollowed
    }

    /// Returns once the provider was called `count` times in all. A call counts when it arrives, before any delay, so that this
    /// tells when a client's request is under way.
    /// - Throws: ``MockError/unknownProvider(_:existing:)``; ``MockError/cancelled`` when the task is cancelled or the mocks are
    ///   stopped before.
    public func waitForCalls(_ count: Int, for provider: String) async throws(MockError) {
        try await hub.waitForCalls(count, of: provider)
    }
}
