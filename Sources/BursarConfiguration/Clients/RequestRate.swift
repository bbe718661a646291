import BursarModel

/// How often a client may ask: so many requests in a window. *Value.*
package struct RequestRate: Sendable, Hashable {
    package let requests: Int
    package let window: Duration

    package static let requestBounds = 1...1_000_000
    package static let windowBounds = Duration.seconds(1)...Duration.seconds(24 * 3_600)

    package init?(requests: Int, window: Duration) {
        guard Self.requestBounds.contains(requests), Self.windowBounds.contains(window) else { return nil }
        self.requests = requests
        self.window = window
    }

    /// What one request costs: the time in which it comes back. At least 1 µs within the bounds.
    package var interval: Int64 { window.nanoseconds / Int64(requests) }
}
