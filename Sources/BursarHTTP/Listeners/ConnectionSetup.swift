import BursarBasics
import NIOCore
import Synchronization

/// Builds the pipeline of each accepted connection: the bounds first, then PROXY header, TLS and protocol. *Any thread; each
/// connection on its own event loop.*
struct ConnectionSetup: Sendable {
    let listener: ListenerConfiguration
    let peerKind: Peer.Kind
    let limits: ServerLimits
    let trustedProxies: [AddressRange]
    let responder: any Responder
    let observer: (any RequestObserver)?
    let http2: (any HTTP2Starter)?
    let counters: ServerCounters
    let loops: [ObjectIdentifier: NIOLoopBoundBox<LoopState>]
    let identities: ConnectionIdentities
    let shares: PeerShares?

    func begin(_ channel: any Channel) throws {
        guard let state = loops[ObjectIdentifier(channel.eventLoop)]?.value, let peer = Peer(peerKind, of: channel) else {
            channel.close(promise: nil)
            return
        }
        try setOptions(of: channel)
        counters.connectionsAccepted.wrappingAdd(1, ordering: .relaxed)
        let open = counters.connectionsOpen.wrappingAdd(1, ordering: .relaxed).newValue
        state.opened(channel)
        let hasShare = peer.address.map { shares?.take($0) ?? true } ?? true
        let bound = NIOLoopBound(state, eventLoop: channel.eventLoop)
        channel.closeFuture.whenComplete { [counters, shares] _ in
            counters.connectionsOpen.wrappingSubtract(1, ordering: .relaxed)
            if hasShare, let address = peer.address { shares?.giveBack(address) }
            bound.value.closed(channel)
        }
        guard open <= limits.connections, hasShare else {
            counters.count(open > limits.connections ? .tooManyConnections : .tooManyConnectionsOfPeer)
            let lingers = open <= limits.connections + RefusingHandler.mostAtOnce(of: limits.connections)
            try channel.pipeline.syncOperations.addHandler(RefusingHandler(context(peer, nil, state), lingers: lingers))
            return
        }
        if listener.proxyProtocolSources.contains(where: { $0.contains(peer) }) {
            let refused = { observer?.proxyHeaderRefused(peer: peer, listener: listener.name) ?? () }
            let handler = ProxyProtocolHandler(time: TimeAmount(limits.headTime), counters: counters, refused: refused) {
                channel, client in
                try speak(on: channel, context(peer, client, state))
            }
            try channel.pipeline.syncOperations.addHandler(handler)
        } else {
            try speak(on: channel, context(peer, nil, state))
        }
    }

    /// Here and not in the bootstrap, which waits for a future of each: that was a third of what a new caller costs.
    private func setOptions(of channel: any Channel) throws {
        guard let options = channel.syncOptions else { return }
        try options.setOption(
            .writeBufferWaterMark, value: .init(low: limits.outboundBytes / 4, high: limits.outboundBytes))
        // A channel keeps its read buffers: of the defaults, four of 64 KiB for each client that ever sent as much at a time.
        try options.setOption(.maxMessagesPerRead, value: 2)
        try options.setOption(
            .recvAllocator, value: AdaptiveRecvByteBufferAllocator(minimum: 64, initial: 2048, maximum: 16 * 1024))
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

    private func context(_ peer: Peer, _ proxied: ProxiedClient?, _ state: LoopState) -> ConnectionContext {
        ConnectionContext(
            info: ConnectionInfo(
                peer: peer, proxied: proxied, listener: listener.name, scheme: listener.security == nil ? "http" : "https",
                isTrustedProxy: isTrustedProxy(peer, proxied)),
            responder: responder, observer: observer, limits: limits, counters: counters, dates: state.dates, http2: http2,
            identity: identities.next(), isDraining: state.isDraining, spare: state.spare,
            rendered: state.rendered)
    }

    /// Who sent the request decides: behind a PROXY header that is the client it names, and nobody where it names none.
    private func isTrustedProxy(_ peer: Peer, _ proxied: ProxiedClient?) -> Bool {
        switch proxied {
        case nil: trustedProxies.contains { $0.contains(peer) }
        case .address(let address): trustedProxies.contains { $0.contains(.tcp(address)) }
        case .unnamed: false
        }
    }
}

/// Numbers the connections of a process, from a random start so that request ids of two runs differ. *Atomic: any thread.*
final class ConnectionIdentities: Sendable {
    private let last = Atomic<UInt64>(UInt64.random(in: 0...UInt64.max))

    func next() -> UInt64 { last.wrappingAdd(1, ordering: .relaxed).newValue }
}

/// How many connections each address has; only where a share is configured. *Mutex: any thread; once a connection.*
final class PeerShares: Sendable {
    private let counts = Mutex<[IPAddress: Int]>([:])
    private let most: Int

    init(most: Int) { self.most = most }

    func take(_ address: IPAddress) -> Bool {
        counts.withLock { counts in
            let count = counts[address, default: 0]
            guard count < most else { return false }
            counts[address] = count + 1
            return true
        }
    }

    func giveBack(_ address: IPAddress) {
        counts.withLock { counts in
            guard let count = counts[address] else { return }
            counts[address] = count > 1 ? count - 1 : nil
        }
    }
}
