import BursarBasics
import NIOCore
import Synchronization

/// Builds the pipeline of each accepted connection: the bounds first, then PROXY header, TLS and protocol. *Any thread; each
/// connection on its own event loop.*
struct ConnectionSetup: Sendable {
    let listener: ListenerConfiguration
    let limits: Limits
    let trustedProxies: [AddressRange]
    let responder: any Responder
    let observer: (any RequestObserver)?
    let http2: (any HTTP2Starter)?
    let counters: ServerCounters
    let loops: [ObjectIdentifier: NIOLoopBoundBox<LoopState>]
    let identities: ConnectionIdentities
    let shares: PeerShares?

    func begin(_ channel: any Channel) throws {
        guard let state = loops[ObjectIdentifier(channel.eventLoop)]?.value else {
            channel.close(promise: nil)
            return
        }
        counters.connectionsAccepted.wrappingAdd(1, ordering: .relaxed)
        let open = counters.connectionsOpen.wrappingAdd(1, ordering: .relaxed).newValue
        state.opened(channel)
        let peer = channel.remoteAddress?.ipAddress ?? "unix"
        let hasShare = shares?.take(peer) ?? true
        let bound = NIOLoopBound(state, eventLoop: channel.eventLoop)
        channel.closeFuture.whenComplete { [counters, shares] _ in
            counters.connectionsOpen.wrappingSubtract(1, ordering: .relaxed)
            if hasShare { shares?.giveBack(peer) }
            bound.value.closed(channel)
        }
        guard open <= limits.connections, hasShare else {
            counters.count(open > limits.connections ? .tooManyConnections : .tooManyConnectionsOfPeer)
            try channel.pipeline.syncOperations.addHandler(RefusingHandler(context(peer: peer, state)))
            return
        }
        if listener.proxyProtocolSources.contains(where: { $0.contains(peer) }) {
            let refused = { observer?.proxyHeaderRefused(peer: peer, listener: listener.name) ?? () }
            let handler = ProxyProtocolHandler(time: TimeAmount(limits.headTime), counters: counters, refused: refused) {
                channel, source in
                try speak(on: channel, context(peer: source ?? peer, state))
            }
            try channel.pipeline.syncOperations.addHandler(handler)
        } else {
            let user = peer == "unix" ? PeerCredentials.userID(of: channel) : nil
            try speak(on: channel, context(peer: peer, userID: user, state))
        }
    }

    /// Adds what comes behind the PROXY header, at the end of the pipeline.
    private func speak(on channel: any Channel, _ context: ConnectionContext) throws {
        let pipeline = channel.pipeline.syncOperations
        if let security = listener.security {
            for handler in try security.makeHandlers() { try pipeline.addHandler(handler) }
            try pipeline.addHandler(ProtocolChoiceHandler(context))
        } else {
            try pipeline.addHandler(HTTP1Handler(context))
        }
    }

    private func context(peer: String, userID: UInt32? = nil, _ state: LoopState) -> ConnectionContext {
        ConnectionContext(
            info: ConnectionInfo(
                peer: peer, listener: listener.name, scheme: listener.security == nil ? "http" : "https",
                isTrustedProxy: trustedProxies.contains { $0.contains(peer) }, userID: userID),
            responder: responder, observer: observer, limits: limits, counters: counters, dates: state.dates, http2: http2,
            identity: identities.next(), isDraining: state.isDraining, spare: state.spare,
            rendered: state.rendered)
    }
}

/// Numbers the connections of a process, from a random start so that request ids of two runs differ. *Atomic: any thread.*
final class ConnectionIdentities: Sendable {
    private let last = Atomic<UInt64>(UInt64.random(in: 0...UInt64.max))

    func next() -> UInt64 { last.wrappingAdd(1, ordering: .relaxed).newValue }
}

/// How many connections each peer address has; only where a share is configured. *Mutex: any thread; once a connection.*
final class PeerShares: Sendable {
    private let counts = Mutex<[String: Int]>([:])
    private let most: Int

    init(most: Int) { self.most = most }

    func take(_ peer: String) -> Bool {
        guard peer != "unix" else { return true }
        return counts.withLock { counts in
            let count = counts[peer, default: 0]
            guard count < most else { return false }
            counts[peer] = count + 1
            return true
        }
    }

    func giveBack(_ peer: String) {
        guard peer != "unix" else { return }
        counts.withLock { counts in
            guard let count = counts[peer] else { return }
            counts[peer] = count > 1 ? count - 1 : nil
        }
    }
}
