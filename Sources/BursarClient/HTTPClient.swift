import BursarBasics
package import NIOCore
import Synchronization

/// Asks servers over HTTP/1.1. *Any thread; Mutex.*
///
/// One call at a time on a connection, no pipelining, no redirect, no retry of its own, no proxy but the one that it is told. Nothing that
/// a server does, or does not do, keeps a call beyond its deadline, or ``shutdown()`` at all.
package final class HTTPClient: Sendable {
    private struct State {
        var pool: ConnectionPool<Call>
        /// Open ones, from when they were first lent.
        var connections: [Int: Connection] = [:]
    }

    private let state: Mutex<State>
    private let opener: ConnectionOpener
    private let group: any EventLoopGroup
    private let limits: ResponseReader.Limits
    private let clock: @Sendable () -> ConnectionTime

    package convenience init(group: any EventLoopGroup, settings: ClientSettings) {
        self.init(group: group, settings: settings, clock: { .now })
    }

    /// - Parameter clock: what ages of connections are told by; timers are the event loops' own.
    init(group: any EventLoopGroup, settings: ClientSettings, clock: @escaping @Sendable () -> ConnectionTime) {
        self.group = group
        self.clock = clock
        opener = ConnectionOpener(settings: settings)
        limits = ResponseReader.Limits(body: settings.bodyLimit, skipsRedirects: settings.skipsRedirects)
        state = Mutex(
            State(
                pool: ConnectionPool(
                    limits: ConnectionLimits(
                        connectionsPerOrigin: settings.connectionsPerOrigin, idle: ClientSettings.idleTimeout,
                        age: ClientSettings.largestAge))))
    }

    deinit { shutdown() }

    /// Calls that wait for a connection, for tests.
    var waitingForTests: Int { state.withLock { $0.pool.waitingCount } }
    /// Whether no place is taken, by whatever state of a connection, for tests.
    var isEmptyForTests: Bool { state.withLock { $0.pool.isEmpty } }
    /// Connections that a call has, for tests.
    var lentForTests: Int { state.withLock { $0.pool.lentCount } }

    /// Ends soon after its task is cancelled, or after `timeout`: from now on, whatever it takes to get a connection included.
    /// - Parameter onBody: is given the body of a 200 as it comes, for an answer that may have no end; the result then has none. On an
    ///   event loop; must not block.
    package func execute(
        _ request: ClientRequest, timeout: Duration? = nil, onBody: (@Sendable ([UInt8]) -> Void)? = nil
    ) async -> ClientResult {
        guard let head = request.bytes else { return .failed(ClientError(.unwritable)) }
        let call = Call(
            origin: request.origin, head: head, reader: ResponseReader(limits: limits, method: request.method),
            onBody: onBody)
        let timer = timeout.map { timeout in
            group.next().scheduleTask(in: TimeAmount(timeout)) { call.abort(.timeout) }
        }
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                call.whenEnded { continuation.resume(returning: $0) }
                start(call)
            }
        } onCancel: {
            call.abort(.cancelled)
        }
        timer?.cancel()
        state.withLock { $0.pool.left(call, of: call.origin) }
        return result
    }

    /// Closes what is kept, and what is lent when it comes back: names may lead elsewhere now.
    package func retireConnections() {
        let idle = state.withLock { state in state.pool.retired().compactMap { state.connections.removeValue(forKey: $0) } }
        for connection in idle { connection.close() }
    }

    /// Ends every call and closes every connection, at once and without a word to the other side. Nothing is asked from here on.
    package func shutdown() {
        let (connections, calls) = state.withLock { state in
            defer { state.connections = [:] }
            return (Array(state.connections.values), state.pool.shutDown().calls)
        }
        for call in calls { call.abort(.cancelled) }
        for connection in connections { connection.close() }
    }
}

// MARK: - The pool's decisions, carried out

extension HTTPClient {
    private func start(_ call: Call) {
        guard !call.hasEnded else { return }
        let (verdict, lent, stale) = state.withLock { state -> (ConnectionPool<Call>.Verdict, Connection?, [Connection]) in
            let (verdict, close) = state.pool.requested(call, for: call.origin, now: clock())
            let stale = close.compactMap { state.connections.removeValue(forKey: $0) }
            if case .lend(let id) = verdict { return (verdict, state.connections[id], stale) }
            return (verdict, nil, stale)
        }
        for connection in stale { connection.close() }
        switch verdict {
        case .lend(let id): if let lent { lent.begin(call) } else { unusable(id, call) }
        case .open(let id): open(id, for: call)
        case .wait: break
        case .refuse: call.abort(.cancelled)
        }
    }

    private func open(_ id: Int, for call: Call) {
        let opening = opener.open(call.origin, on: group.next()) { [weak self] handler in handler.belongs(to: self, as: id) }
        opening.whenComplete { result in
            switch result {
            case .success(let connection): self.opened(id, connection, for: call)
            case .failure(let error):
                call.end(.failed(ClientError(from: error)))
                self.closed(id)
            }
        }
    }

    private func opened(_ id: Int, _ connection: Connection, for call: Call) {
        let isWanted = state.withLock { state in
            let isWanted = state.pool.opened(id, now: clock())
            if isWanted { state.connections[id] = connection }
            return isWanted
        }
        if isWanted, !call.hasEnded {
            connection.begin(call)
        } else {
            // It was opened for a call that was given up: it has not shown that it answers.
            call.abort(.cancelled)
            connection.close()
            closed(id)
        }
    }

    /// One that has ended meanwhile needs no connection: what was reserved for it is the next one's.
    private func perform(_ next: ConnectionPool<Call>.Next?) {
        guard let next else { return }
        if next.call.hasEnded { closed(next.opens) } else { open(next.opens, for: next.call) }
    }

    // What a connection tells, on its event loop.

    /// It cannot serve: it ended, or something came on it that nobody had asked for. The call has not begun.
    func unusable(_ id: Int, _ call: Call) {
        closed(id)
        start(call)
    }

    /// - Returns: how long to keep it; nil where it has its next call already, or is to be closed.
    func released(_ id: Int, reusable: Bool) -> Release {
        let release = state.withLock { state in
            let release = state.pool.released(id, reusable: reusable, now: clock())
            if case .close = release { state.connections[id] = nil }
            return release
        }
        switch release {
        case .keep(let time): return .keep(time)
        case .lend(let call): return .serve(call)
        case .close(let next):
            perform(next)
            return .close
        }
    }

    enum Release {
        case keep(Duration)
        case serve(Call)
        case close
    }

    func closed(_ id: Int) {
        let next = state.withLock { state in
            state.connections[id] = nil
            return state.pool.closed(id, now: clock())
        }
        perform(next)
    }

    /// Whether it is to be closed.
    func idleEnded(_ id: Int) -> Bool {
        state.withLock { state in
            let isOver = state.pool.idleEnded(id, now: clock())
            if isOver { state.connections[id] = nil }
            return isOver
        }
    }
}
