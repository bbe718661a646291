import BursarBasics
import BursarCatalog
import BursarModel

extension ConfigurationKey {
    static let limitsNames = [
        "connections", "connections_per_peer", "streams", "streams_per_peer", "requests_per_connection", "head_time",
        "idle_time", "write_stall_time"
    ]
}

/// What one client may use up: those bounds that an operator has a reason to move.
extension ConfigurationParser {
    mutating func limits(_ entry: Entry?) -> ServerLimits {
        var limits = ServerLimits()
        guard let entry, let entries = entries(of: entry.node, in: .limits) else { return limits }
        let most = ConfigurationLimits.connections
        limits.connections = number(entries["connections"], "connections", in: most) ?? limits.connections
        limits.connectionsPerPeer = number(entries["connections_per_peer"], "connections_per_peer", in: most)
        limits.streams = number(entries["streams"], "streams", in: most) ?? limits.streams
        limits.streamsPerPeer = number(entries["streams_per_peer"], "streams_per_peer", in: most)
        limits.requestsPerConnection =
            number(entries["requests_per_connection"], "requests_per_connection", in: ConfigurationLimits.requestsPerConnection)
            ?? limits.requestsPerConnection
        limits.headTime = time(entries, "head_time") ?? limits.headTime
        limits.idleTime = time(entries, "idle_time") ?? limits.idleTime
        limits.writeStallTime = time(entries, "write_stall_time") ?? limits.writeStallTime
        return limits
    }

    private mutating func time(_ entries: [String: Entry], _ name: String) -> Duration? {
        duration(entries[name], name, in: ConfigurationLimits.clientTime)
    }

    mutating func number(_ entry: Entry?, _ name: String, in range: ClosedRange<Int>) -> Int? {
        guard let entry else { return nil }
        let expected = "a whole number from \(range.lowerBound) to \(range.upperBound)"
        guard let text = text(entry.node, name, expected: expected) else { return nil }
        guard let number = parseASCIIDigits(text), range.contains(number) else {
            problems.error(at(entry.node), "\(name) must be \(expected)")
            return nil
        }
        return number
    }
}
