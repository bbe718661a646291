import Synchronization

/// Counts requests that all look alike. A connection that repeats an answer ticks it instead of making a record each time.
/// *Atomic:* one event loop writes, so that an addition needs no bus lock; any thread reads.
package final class RequestCounter: Sendable {
    private let value = Atomic<Int>(0)

    package init() {}

    package var count: Int { value.load(ordering: .relaxed) }
    package func tick() { add(1) }
    package func add(_ amount: Int) { value.store(value.load(ordering: .relaxed) &+ amount, ordering: .relaxed) }
}
