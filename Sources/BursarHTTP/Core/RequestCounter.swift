import Synchronization

/// Counts requests that all look alike. A connection that repeats an answer ticks it instead of making a record each time.
/// *Atomic: any thread.*
package final class RequestCounter: Sendable {
    private let value = Atomic<Int>(0)

    package init() {}

    package var count: Int { value.load(ordering: .relaxed) }
    package func tick() { value.wrappingAdd(1, ordering: .relaxed) }
}
