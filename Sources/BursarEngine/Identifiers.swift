/// Names one upstream call. Made by ``RefreshMachine``, never reused, so that a late result cannot be taken for a newer
/// call's. *Value.*
package struct CallID: Sendable, Hashable {
    package let rawValue: UInt64

    init(_ rawValue: UInt64) { self.rawValue = rawValue }
}

/// Names one caller that waits for a call. Made by the driver, never reused while it waits. *Value.*
package struct WaiterID: Sendable, Hashable {
    package let rawValue: UInt64

    package init(_ rawValue: UInt64) { self.rawValue = rawValue }
}
