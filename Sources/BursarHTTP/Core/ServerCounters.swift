package import Synchronization

/// How often each limit was hit, and how many connections there are: read by the metrics whenever they like. Nothing here is
/// touched on the hit path. *Atomic: any thread.*
package final class ServerCounters: Sendable {
    /// Why the server refused or ended something: the label of a metric, so the set is closed.
    package enum Event: Int, Sendable, CaseIterable {
        case malformedRequest, headTooLarge, bodyTooLarge, unsupportedVersion, headTimeout, bodyTimeout, idleTimeout
        case writeStall, pipelineFull, outboundFull, requestsPerConnection, tooManyConnections, tooManyConnectionsOfPeer
        case acceptPaused, acceptFailed, proxyHeaderRefused, tlsHandshakeFailed, tlsHandshakeTimeout, clientLeft
        case drainDeadline, http2Flood, http2ProtocolError, http2StreamLimit, http2SlowReader
        /// As the metric writes it.
        package var label: String { String(describing: self) }
    }

    package let connectionsAccepted = Atomic<Int>(0)
    package let connectionsOpen = Atomic<Int>(0)
    package let activeRequests = ActiveRequests()
    private let counts: [Cell]

    private final class Cell: Sendable {
        let value = Atomic<Int>(0)
    }

    package init() { counts = Event.allCases.map { _ in Cell() } }

    package func count(_ event: Event) { counts[event.rawValue].value.wrappingAdd(1, ordering: .relaxed) }
    package subscript(_ event: Event) -> Int { counts[event.rawValue].value.load(ordering: .relaxed) }
}
