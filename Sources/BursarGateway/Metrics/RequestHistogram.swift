import BursarHTTP
import BursarModel
import NIOCore

/// How long the requests of one series took, as one event loop has seen them. *Atomic:* that loop alone writes, any thread reads.
///
/// A hit pays an addition in the first bucket and one in the sum, without a lock and without a cache line that another loop writes.
final class RequestHistogram: Sendable {
    /// OpenTelemetry's, and below them three for what a gateway that answers from memory takes.
    static let bounds: [Duration] =
        [.microseconds(100), .microseconds(500), .milliseconds(1)]
        + [5, 10, 25, 50, 75, 100, 250, 500, 750, 1_000, 2_500, 5_000, 7_500, 10_000].map { .milliseconds($0) }

    private static let nanoseconds = bounds.map(\.nanoseconds)
    private static let shortest: Int64 = 100_000

    /// Of requests that took up to the shortest bound. A connection that repeats an answer by itself ticks this and nothing else: it
    /// takes some microseconds, which nobody measured.
    let quickest = RequestCounter()
    private let slower = bounds.map { _ in RequestCounter() }
    private let sum = RequestCounter()

    init() {}

    func observe(_ duration: TimeAmount) {
        let took = duration.nanoseconds
        if took <= Self.shortest {
            quickest.tick()
        } else {
            slower[(Self.nanoseconds.firstIndex { took <= $0 } ?? Self.bounds.count) - 1].tick()
        }
        sum.add(Int(took))
    }

    /// Of each bucket alone, the last of what was slower than all bounds.
    var counts: [Int] { [quickest.count] + slower.map(\.count) }
    var total: Duration { .nanoseconds(sum.count) }
}
