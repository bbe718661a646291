package import BursarEngine

/// How a store stands, as /readyz, the metrics, alerts and claims read it. *Value.*
package struct StoreStatus: Sendable, Equatable {
    /// Nil while the store works.
    package let fault: StoreFault?
    package let counts: StoreCounts
}

/// *Value.*
package struct StoreCounts: Sendable, Equatable {
    /// Transactions that were kept.
    package var written: UInt64 = 0
    /// Transactions that were not.
    package var failed: UInt64 = 0
    /// Rows that could not be read whole.
    package var unreadable: UInt64 = 0
    /// Changes that were dropped because the store failed for too long.
    package var droppedChanges: UInt64 = 0
}
