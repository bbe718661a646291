import NIOCore
import Synchronization

/// One request on its way to its end. *Mutex; any thread.* It ends once: the first of answer, failure, deadline and cancellation wins.
final class Call: Sendable, Equatable {
    private enum State {
        /// No connection has it. Exits: running, ended.
        case queued
        /// A connection has it, which is told when it is given up. Exit: ended.
        case running(abort: @Sendable (TransportFault) -> Void)
        /// Final.
        case ended(ClientResult)
    }

    let origin: Origin
    /// The request's bytes.
    let head: [UInt8]
    let reader: ResponseReader
    /// Takes the body of a 200 as it comes.
    let onBody: (@Sendable ([UInt8]) -> Void)?
    private let state = Mutex<(state: State, then: (@Sendable (ClientResult) -> Void)?)>((.queued, nil))

    init(
        origin: Origin, head: [UInt8], reader: ResponseReader, onBody: (@Sendable ([UInt8]) -> Void)? = nil
    ) {
        self.onBody = onBody
        self.origin = origin
        self.head = head
        self.reader = reader
    }

    /// Calls `then` once, in the thread that ends the call; in this one where it has ended.
    func whenEnded(_ then: @escaping @Sendable (ClientResult) -> Void) {
        let result = state.withLock { state -> ClientResult? in
            if case .ended(let result) = state.state { return result }
            state.then = then
            return nil
        }
        if let result { then(result) }
    }

    /// A connection takes it. False where it has ended: then nothing is to be written.
    func run(abort: @escaping @Sendable (TransportFault) -> Void) -> Bool {
        state.withLock { state in
            guard case .queued = state.state else { return false }
            state.state = .running(abort: abort)
            return true
        }
    }

    /// Nobody waits any more. A connection that has it ends it with what is known of the answer.
    func abort(_ fault: TransportFault) {
        let step = state.withLock { state -> (() -> Void)? in
            switch state.state {
            case .ended: return nil
            case .running(let abort): return { abort(fault) }
            case .queued: return Self.end(.failed(ClientError(fault)), &state)
            }
        }
        step?()
    }

    func end(_ result: ClientResult) {
        let step = state.withLock { Self.end(result, &$0) }
        step?()
    }

    /// - Returns: what is to be done outside the lock.
    private static func end(_ result: ClientResult, _ state: inout (state: State, then: (@Sendable (ClientResult) -> Void)?))
        -> (() -> Void)?
    {
        if case .ended = state.state { return nil }
        let then = state.then
        state = (.ended(result), nil)
        return then.map { then in { then(result) } }
    }

    static func == (left: Call, right: Call) -> Bool { left === right }

    var hasEnded: Bool {
        state.withLock {
            if case .ended = $0.state { true } else { false }
        }
    }
}
