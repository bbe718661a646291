package import BursarEngine

/// How a store stands, for those who look. *Value.*
package struct StoreStatus: Sendable, Equatable {
    /// Nil: everything is kept.
    package let fault: StoreFault?
    package let counts: StoreCounts
}

/// *Value.*
package struct StoreCounts: Sendable, Equatable {
    /// Transactions that were kept, and that were not.
    package var written: UInt64 = 0
    package var failed: UInt64 = 0
    /// Rows that could not be read whole.
    package var unreadable: UInt64 = 0
    /// Changes that were dropped because the store failed for too long.
    package var droppedChanges: UInt64 = 0
}
