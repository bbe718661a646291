/// How the process's file descriptors are shared: clients' connections get what is not kept back for everything else, so that callers
/// however many cannot keep the gateway from asking a provider or writing its store. *Value.*
package struct DescriptorBudget: Sendable, Equatable {
    /// Connections that the configuration allows.
    package let wanted: Int
    /// For calls to providers, the store, key files and the event loops themselves.
    package let keptBack: Int
    /// The soft limit that is to be set: as high as needed, where the hard limit allows it.
    package let limit: Int

    /// - Parameters:
    ///   - soft: the process's limit as it is.
    ///   - hard: how far it may be raised.
    package init(connections: Int, calls: Int, soft: Int, hard: Int) {
        wanted = connections
        keptBack = Self.ownUse + Self.mostRefusals + max(0, calls)
        limit = max(soft, min(hard, wanted + keptBack))
    }

    /// Listeners, event loops, log, store with its journals, watched folders, files that are read, commands that are run.
    static let ownUse = 64
    /// Connections beyond those allowed that are being told so.
    package static let mostRefusals = 64

    package var needed: Int { wanted + keptBack }

    /// How many connections there can be. Where the limit is very low, half of it is kept back.
    package var connections: Int { max(1, min(wanted, limit - min(keptBack, limit / 2))) }

    package var isEnough: Bool { connections == wanted }

    /// For whoever starts or checks; nil where the limit is enough.
    package var warning: String? {
        isEnough
            ? nil
            : "the limit of file descriptors (\(limit)) is too low for limits.connections: \(wanted); "
                + "\(connections) are accepted, and \(needed) descriptors would be needed"
    }
}
