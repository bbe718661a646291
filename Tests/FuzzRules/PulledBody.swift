package import BursarHTTP
import Synchronization

/// A body whose pieces are made whenever the client takes one, from a state that moves on. *Mutex; used on one event loop.*
package final class PulledBody<State: Sendable>: BodyProducer {
    private let state: Mutex<State>
    private let make: @Sendable (inout State) -> BodyStep

    /// - Parameter make: the next piece, then `end`. It must not block.
    package init(_ state: State, _ make: @escaping @Sendable (inout State) -> BodyStep) {
        self.state = Mutex(state)
        self.make = make
    }

    package func begin(_ waker: BodyWaker) {}
    package func next() -> BodyStep { state.withLock { make(&$0) } }
    package func ended(isComplete: Bool) {}
}
