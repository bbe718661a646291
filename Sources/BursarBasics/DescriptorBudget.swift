/// How the process's file descriptors are shared. *Value.* Some are kept back for the gateway's own work, and connections of clients get the
/// rest. So their number alone keeps no account's provider from being asked and no store from being written. The keys that callers bring
/// may: their calls are bounded for each base URL, and not over all.
package struct DescriptorBudget: Sendable, Equatable {
    /// How many connections the configuration allows.
    package let wanted: Int
    /// For calls to providers, the store, key files, the event loops themselves, and connections that are refused.
    package let keptBack: Int
    /// The soft limit to set: as high as needed, as far as the hard limit allows it, and never lower than it is.
    package let limit: Int

    /// - Parameters:
    ///   - soft: the process's limit as it is.
    ///   - hard: how far it may be raised.
    package init(connections: Int, calls: Int, soft: Int, hard: Int) {
        wanted = connections
        keptBack = Self.ownUse + Self.mostRefusals + calls
        limit = max(soft, min(hard, wanted + keptBack))
    }

    /// Listeners, event loops, log, store with its journals, watched folders, files that are read, commands that are run.
    static let ownUse = 64
    /// Connections beyond the allowed number, while each is told that there are too many.
    package static let mostRefusals = 64

    /// How many a program has to be allowed before it makes its first event loop: SwiftNIO ends the process where one can have no descriptor.
    /// An event loop has three; the rest is about what a gateway has open that nobody asks.
    package static func least(loops: Int) -> Int { 40 + 3 * loops }

    /// How high the limit has to be for all allowed connections.
    package var needed: Int { wanted + keptBack }

    /// How many connections there can be. Where the limit is very low, three quarters of it are kept back: a gateway that nobody asks
    /// has about thirty open, and a call to a provider needs one more.
    package var connections: Int { max(1, min(wanted, limit - min(keptBack, limit / 4 * 3))) }

    package var isEnough: Bool { connections == wanted }

    /// What `serve` and `check` say; nil where the limit is high enough.
    package var warning: String? {
        isEnough
            ? nil
            : "the limit of file descriptors (\(limit)) is too low for limits.connections: \(wanted); "
                + "\(connections) are accepted, and \(needed) descriptors would be needed"
    }
}
