/// Notices that a crowd of connections has gone, so that what it took can be given back to the system: an allocator keeps it, and nothing
/// else would ever tell it that the load is over. *Value.*
///
/// Nothing has to wake for it, and what connects and leaves all the time, however often, is no crowd.
struct CrowdWatch {
    /// Fewer hold some hundred kilobytes together.
    static let fewest = 64

    /// The most that were open at once, since a crowd last went.
    private var most = 0

    mutating func opened(nowOpen open: Int) { most = max(most, open) }

    /// - Returns: whether three quarters of a crowd have gone with this one. What stays may be the next crowd.
    mutating func closed(nowOpen open: Int) -> Bool {
        guard most >= Self.fewest, open <= most / 4 else { return false }
        most = open
        return true
    }
}
