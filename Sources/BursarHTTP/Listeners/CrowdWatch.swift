/// Notices that a crowd of connections has left, so that its memory can be given back to the system. *Value.* The allocator would keep that
/// memory, because it cannot know that the load is over.
///
/// It needs no timer. Clients that come and go one after the other are no crowd, however many they are.
struct CrowdWatch {
    /// A smaller crowd takes some hundred kilobytes: not worth giving back.
    static let fewest = 64

    /// The most connections that were open at once since a crowd last left.
    private var most = 0

    mutating func opened(nowOpen open: Int) { most = max(most, open) }

    /// - Returns: whether, with this one, three quarters of a crowd have left. The count begins anew with those that stay.
    mutating func closed(nowOpen open: Int) -> Bool {
        guard most >= Self.fewest, open <= most / 4 else { return false }
        most = open
        return true
    }
}
