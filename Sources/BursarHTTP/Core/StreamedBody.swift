import NIOCore

/// A producer and where its body stands: what the connection handlers of both protocols drive. *Event loop.*
final class StreamedBody {
    /// What a Content-Length promises.
    let length: Int?
    private let producer: any BodyProducer
    private(set) var state: StreamState
    private var owesHeartbeat = false
    private var hasEnded = false

    init(_ producer: any BodyProducer, stallTime: TimeAmount, now: NIODeadline) {
        self.producer = producer
        length = producer.length
        state = StreamState(
            length: length, heartbeatInterval: producer.heartbeatInterval, stallTime: stallTime, now: now)
    }

    func begin(_ waker: BodyWaker, isDraining: Bool) {
        producer.begin(waker)
        if isDraining { producer.drain() }
    }

    /// Asks the producer; only in `ready`.
    func ask() -> StreamState.Action {
        defer { owesHeartbeat = false }
        if owesHeartbeat, let beat = producer.heartbeat() { return state.produced(.piece(beat)) }
        return state.produced(producer.next())
    }

    func moved(now: NIODeadline) { state.moved(now: now) }
    func taken(now: NIODeadline) { state.taken(now: now) }
    func woken(now: NIODeadline) -> Bool { state.woken(now: now) }

    /// - Returns: whether the producer is to be asked now.
    func drain(now: NIODeadline) -> Bool {
        producer.drain()
        return state.woken(now: now)
    }

    func due(now: NIODeadline) -> StreamState.Due {
        let due = state.due(now: now)
        if due == .heartbeat { owesHeartbeat = true }
        return due
    }

    /// Tells the producer, once.
    func end(isComplete: Bool) {
        guard !hasEnded else { return }
        hasEnded = true
        producer.ended(isComplete: isComplete)
    }
}
