import BursarHTTP
import BursarModel
import BursarStream
import NIOCore
import Synchronization

/// The body of one stream's answer: reads the log of its view as fast as its client takes it. *Mutex*; the connection's event loop, and the
/// hub when a configuration is put in force.
final class StreamSubscriber: BodyProducer {
    private struct State {
        var cursor: StreamCursor
        var channel: StreamChannel?
        var farewell: StreamFarewell?
        /// From then on its client's credential is refused.
        var expires: WallTime?
        var waker: BodyWaker?

        func isExpired(at now: WallTime) -> Bool { expires.map { now >= $0 } ?? false }
    }

    let credential: CallerCredential
    let filter: StreamFilter
    /// Whether it wants the accounts fresh.
    let asks: Bool
    private let hub: StreamHub
    private let place: StreamPlace
    private let state: Mutex<State>

    /// How often something is said where nothing changes: below the minute after which most proxies give up.
    static let heartbeat = TimeAmount.seconds(15)
    let heartbeatInterval: TimeAmount? = StreamSubscriber.heartbeat

    init(
        _ hub: StreamHub, _ place: StreamPlace, credential: CallerCredential, filter: StreamFilter, asks: Bool,
        cursor: StreamCursor
    ) {
        self.hub = hub
        self.place = place
        self.credential = credential
        self.filter = filter
        self.asks = asks
        state = Mutex(State(cursor: cursor))
    }

    func begin(_ waker: BodyWaker) {
        state.withLock { $0.waker = waker }
        hub.began(self)
    }

    func next() -> BodyStep {
        let now = hub.now
        return state.withLock { state in
            if state.isExpired(at: now) { state.farewell = .credential }
            guard let channel = state.channel else { return state.farewell == nil ? .wait : .end }
            switch channel.next(&state.cursor, farewell: state.farewell, now: now) {
            case .piece(let piece): return .piece(piece)
            case .nothing: return .wait
            case .end: return .end
            }
        }
    }

    func heartbeat() -> ByteBuffer? {
        let now = hub.now
        return state.withLock { $0.isExpired(at: now) } ? nil : Self.comment
    }

    private static let comment = ByteBuffer(string: ":\n\n")

    func drain() { state.withLock { $0.farewell = $0.farewell ?? .draining } }

    func ended(isComplete: Bool) {
        hub.ended(self)
        place.giveBack()
        state.withLock { state in (state.channel, state.waker) = (nil, nil) }
    }
}

// MARK: - What the hub says

extension StreamSubscriber {
    /// It reads that from here on.
    /// - Parameter expires: when its client's time is over.
    func reads(_ channel: StreamChannel, expires: WallTime?) {
        state.withLock { state in (state.channel, state.expires) = (channel, expires) }
    }

    /// It is told nothing more than that it ends.
    func dismiss(_ farewell: StreamFarewell) { state.withLock { $0.farewell = farewell } }

    /// There is something to read.
    func wake() { state.withLock { $0.waker }?.wake() }
}
