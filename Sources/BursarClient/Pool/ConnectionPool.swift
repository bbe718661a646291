import BursarBasics

/// How long, and how many. *Value.*
struct ConnectionLimits: Sendable {
    var connectionsPerOrigin: Int
    var idle: Duration
    /// From the moment it was opened.
    var age: Duration
}

/// Which connection serves which call, for all origins of one client. *Value.* Decides only; whoever owns it opens and closes.
///
/// One call at a time has a connection, from before it is opened. A connection that was lent comes back with a word on whether it may be
/// used again; what ended in any other way is gone. A connection that is kept is lent again only where nothing speaks against it: it is
/// not too old, not too long idle, opened since the last ``retired()`` and before no suspension of the machine.
///
/// `Waiter` is a call. The pool holds those that wait, so that a connection is never reserved for one that nobody can find any more.
struct ConnectionPool<Waiter: Equatable & Sendable>: Sendable {
    private enum ConnectionState {
        /// It is being opened for a call. Exits: lent, gone.
        case opening
        /// A call has it. Exits: idle, lent (to the next call), gone.
        case lent
        /// Nobody has it. Exits: lent, gone.
        case idle(since: ConnectionTime)
    }

    private struct Connection {
        let origin: Origin
        /// Of ``retired()`` calls before.
        let generation: Int
        var state = ConnectionState.opening
        var opened: ConnectionTime
    }

    private struct Lane {
        /// Opening, lent or idle.
        var connections = 0
        /// The one that came back last is at the end and is lent first, so that those that nobody needs grow old.
        var idle: [Int] = []
        /// Calls, first come first served.
        var waiting: [Waiter] = []
    }

    private let limits: ConnectionLimits
    private var connections: [Int: Connection] = [:]
    private var lanes: [Origin: Lane] = [:]
    private var nextConnection = 1
    private var generation = 0
    private var isShutDown = false

    init(limits: ConnectionLimits) { self.limits = limits }

    /// Of an origin, for tests; idle ones included.
    func count(of origin: Origin) -> Int { lanes[origin]?.connections ?? 0 }
    var lentCount: Int {
        connections.values.count {
            if case .lent = $0.state { true } else { false }
        }
    }
    var waitingCount: Int { lanes.values.reduce(0) { $0 + $1.waiting.count } }
    var isEmpty: Bool { connections.isEmpty && lanes.isEmpty }
}

// MARK: - Calls

extension ConnectionPool {
    enum Verdict: Equatable {
        /// An idle one.
        case lend(Int)
        /// A new one, for this call.
        case open(Int)
        /// All are taken; a later event has the call.
        case wait
        /// The client was shut down.
        case refuse
    }

    /// A call that waited gets a new connection.
    struct Next: Equatable {
        let call: Waiter
        let opens: Int
    }

    /// A call wants a connection.
    /// - Returns: what it gets, and idle connections that are no good any more: they are to be closed.
    mutating func requested(_ call: Waiter, for origin: Origin, now: ConnectionTime) -> (verdict: Verdict, close: [Int]) {
        guard !isShutDown else { return (.refuse, []) }
        var close: [Int] = []
        while let id = lanes[origin]?.idle.popLast() {
            guard let connection = connections[id], case .idle(let since) = connection.state else { continue }
            if isUsable(connection, idleSince: since, now: now) {
                connections[id]?.state = .lent
                return (.lend(id), close)
            }
            forget(id)
            close.append(id)
        }
        if lanes[origin]?.connections ?? 0 < limits.connectionsPerOrigin { return (.open(newConnection(origin, now)), close) }
        lanes[origin]?.waiting.append(call)
        return (.wait, close)
    }

    /// A call that waits has gone.
    mutating func left(_ call: Waiter, of origin: Origin) {
        lanes[origin]?.waiting.removeAll { $0 == call }
    }

    private func isUsable(_ connection: Connection, idleSince: ConnectionTime, now: ConnectionTime) -> Bool {
        isYoung(connection, now: now) && now.elapsed(since: idleSince) < limits.idle && !now.wasSuspended(since: idleSince)
    }

    private func isYoung(_ connection: Connection, now: ConnectionTime) -> Bool {
        connection.generation == generation && now.elapsed(since: connection.opened) < limits.age
    }

    private mutating func newConnection(_ origin: Origin, _ now: ConnectionTime) -> Int {
        let id = nextConnection
        nextConnection += 1
        connections[id] = Connection(origin: origin, generation: generation, opened: now)
        lanes[origin, default: Lane()].connections += 1
        return id
    }

    private mutating func forget(_ id: Int) {
        guard let connection = connections.removeValue(forKey: id), var lane = lanes.removeValue(forKey: connection.origin) else {
            return
        }
        lane.connections -= 1
        lane.idle.removeAll { $0 == id }
        if lane.connections > 0 || !lane.waiting.isEmpty { lanes[connection.origin] = lane }
    }
}

// MARK: - Connections

extension ConnectionPool {
    /// What becomes of a connection that a call gave back.
    enum Release: Equatable {
        /// Nobody wants it now; ``idleEnded(_:now:)`` is to be told after that time.
        case keep(Duration)
        /// It goes to this call.
        case lend(call: Waiter)
        /// It is to be closed; a call that waited gets another.
        case close(Next?)
    }

    /// The connection is open; the call that it was opened for has it.
    /// - Returns: false where it is not wanted any more: it is to be closed.
    mutating func opened(_ id: Int, now: ConnectionTime) -> Bool {
        guard connections[id] != nil else { return false }
        connections[id]?.state = .lent
        connections[id]?.opened = now
        return true
    }

    /// The call is over and its answer whole.
    /// - Parameter reusable: whether the server keeps the connection, and nothing came on it that was not asked for.
    mutating func released(_ id: Int, reusable: Bool, now: ConnectionTime) -> Release {
        guard let connection = connections[id], case .lent = connection.state else { return .close(nil) }
        guard reusable, isYoung(connection, now: now) else { return .close(closed(id, now: now)) }
        if let next = lanes[connection.origin]?.waiting.first {
            lanes[connection.origin]?.waiting.removeFirst()
            return .lend(call: next)
        }
        connections[id]?.state = .idle(since: now)
        lanes[connection.origin]?.idle.append(id)
        return .keep(min(limits.idle, limits.age - now.elapsed(since: connection.opened)))
    }

    /// The connection is gone, or could not be opened: in whatever state it was.
    mutating func closed(_ id: Int, now: ConnectionTime) -> Next? {
        guard let origin = connections[id]?.origin else { return nil }
        forget(id)
        guard lanes[origin]?.waiting.isEmpty == false, let call = lanes[origin]?.waiting.removeFirst() else { return nil }
        return Next(call: call, opens: newConnection(origin, now))
    }

    /// Its time as an idle one has passed, unless it was lent meanwhile.
    /// - Returns: whether it is to be closed.
    mutating func idleEnded(_ id: Int, now: ConnectionTime) -> Bool {
        guard let connection = connections[id], case .idle(let since) = connection.state,
            !isUsable(connection, idleSince: since, now: now)
        else { return false }
        forget(id)
        return true
    }

    /// No connection that is open now is lent again: names may lead elsewhere from here on.
    /// - Returns: the idle ones, which are to be closed. Those that are lent are closed when they come back.
    mutating func retired() -> [Int] {
        generation += 1
        let idle = lanes.values.flatMap(\.idle)
        for id in idle { forget(id) }
        return idle
    }

    /// Nobody gets a connection from here on.
    /// - Returns: all of them, to be closed, and the calls that wait.
    mutating func shutDown() -> (close: [Int], calls: [Waiter]) {
        isShutDown = true
        defer { (connections, lanes) = ([:], [:]) }
        return (Array(connections.keys), lanes.values.flatMap(\.waiting))
    }
}
