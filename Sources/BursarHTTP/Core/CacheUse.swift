/// What an answer was made of, where it shows something that is held for a while: for whoever counts. *Value.*
package enum CacheUse: UInt8, Sendable {
    /// It shows nothing of that kind.
    case none
    /// Held, and fresh.
    case fresh
    /// Held, and past its time at least in part.
    case stale
    /// Asked for elsewhere, or not to be had.
    case missed
}
