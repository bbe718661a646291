/// Whether an answer came from cached readings, for metrics. *Value.*
package enum CacheUse: UInt8, Sendable {
    /// The answer shows no reading.
    case none
    /// Cached, and fresh.
    case fresh
    /// Cached, and at least one reading is stale.
    case stale
    /// A provider was asked, or there is no reading.
    case missed
}
