/// Why a store cannot be used. *Value.* A closed set: `/readyz`, the log and the docs have these words.
package enum StoreReason: String, Sendable, CaseIterable {
    /// Another process serves with it.
    case inUse = "in_use"
    /// Another process holds a lock inside it, for longer than is waited.
    case locked
    case readOnly = "read_only"
    /// No space, or a quota.
    case full
    /// It holds what cannot be read. Ends by being moved aside.
    case corrupt
    /// It was removed or replaced while it was open. Ends by being made anew.
    case gone
    case notPermitted = "not_permitted"
    /// It cannot be made, because its folder cannot.
    case noFolder = "no_folder"
    /// A newer version of this program wrote it.
    case newer
    /// It is something else's.
    case foreign
    /// Its file system has no locks: a network share without a lock service.
    case noLocks = "no_locks"
    /// It gives no answer: a mount that hangs.
    case silent
    /// Anything else; the code tells.
    case failed
}
