import BursarBasics
import BursarHTTP
import BursarModel

/// How long the answer to a failed attempt waits: longer with each failure of the same source. *Value.*
///
/// A token has 256 random bits, so nothing is lost by trying; the delay makes a broken or hostile program quiet and visible. Only failures
/// wait: whoever has a token is never held up by others at the same address.
///
/// Bounded: two generations of sources, of which the older goes when the newer is full or a minute old. So a source is forgotten after one
/// to two quiet minutes, or sooner where thousands of addresses take part, and then begins at the shortest delay again.
struct FailureDelays: Sendable {
    static let shortest = Duration.milliseconds(100)
    static let longest = Duration.seconds(2)
    static let mostSources = 2_048
    static let generation = Duration.seconds(60)

    /// An IPv4 address, the 64 bits of an IPv6 address that one subscriber is given, or all Unix sockets.
    private enum Source: Hashable {
        case network(IPAddress)
        case unix
    }

    private var newer: [Source: Int] = [:]
    private var older: [Source: Int] = [:]
    private var begun: MonotonicTime?

    /// An attempt of that peer failed.
    /// - Returns: how long its answer waits.
    mutating func failed(_ peer: Peer, at now: MonotonicTime) -> Duration {
        if let begun, begun.duration(to: now) >= Self.generation {
            // After two generations nothing of the older one is true any more.
            older = begun.duration(to: now) >= Self.generation * 2 ? [:] : newer
            (newer, self.begun) = ([:], now)
        } else if newer.count >= Self.mostSources {
            (older, newer, self.begun) = (newer, [:], now)
        }
        if begun == nil { begun = now }
        let source = Self.source(peer)
        let failures = (newer[source] ?? older[source] ?? 0) + 1
        newer[source] = failures
        // 100 ms · 2⁵ is above the longest.
        return min(Self.longest, Self.shortest * (1 << min(failures - 1, 5)))
    }

    var sources: Int { newer.count + older.count }

    private static func source(_ peer: Peer) -> Source { peer.address.map { .network($0.network) } ?? .unix }
}
