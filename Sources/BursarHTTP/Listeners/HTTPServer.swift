import BursarBasics
import Glibc
package import NIOCore
import NIOPosix
import Synchronization

/// Listens on all configured addresses and serves their connections with one responder. *Mutex: any thread; start and stop
/// only, never a request.*
///
/// `start()`, then `drain(by:)` or `stop()`, each once. The event loops belong to the caller.
package final class HTTPServer: Sendable {
    private struct State {
        var sockets: [ListeningSocket] = []
        var addresses: [BoundAddress] = []
        var socketFiles: [(path: String, identity: UnixSocket.Identity?)] = []
    }

    package let counters: ServerCounters
    private let configuration: ServerConfiguration
    private let responder: any Responder
    private let observer: (any RequestObserver)?
    private let http2: (any HTTP2Starter)?
    private let group: any EventLoopGroup
    private let loops: [(any EventLoop, NIOLoopBoundBox<LoopState>)]
    private let identities = ConnectionIdentities()
    private let shares: PeerShares?
    private let state = Mutex(State())

    /// - Parameter onCrowdLeft: a moment after most of many connections have closed; on an event loop, must not block.
    package init(
        configuration: ServerConfiguration, responder: any Responder, observer: (any RequestObserver)? = nil,
        http2: (any HTTP2Starter)? = nil, group: any EventLoopGroup, counters: ServerCounters = ServerCounters(),
        onCrowdLeft: (@Sendable () -> Void)? = nil
    ) {
        self.configuration = configuration
        self.responder = responder
        self.observer = observer
        self.http2 = http2
        self.group = group
        self.counters = counters
        shares = configuration.limits.connectionsPerPeer.map { PeerShares(most: $0) }
        loops = group.makeIterator().map {
            ($0, NIOLoopBoundBox.makeBoxSendingValue(LoopState(onCrowdLeft: onCrowdLeft), eventLoop: $0))
        }
    }

    /// The loops that connections live on.
    package var eventLoopGroup: any EventLoopGroup { group }

    /// Bytes that peers have not taken yet, all connections together: what a metric of the memory for slow readers shows.
    package func unwrittenBytes() async -> Int {
        var total = 0
        for (loop, state) in loops { total += (try? await loop.submit { state.value.unwrittenBytes }.get()) ?? 0 }
        return total
    }

    /// The real addresses, in configured order; empty before `start()` has returned, and kept behind the end for a last log line.
    package var addresses: [BoundAddress] { state.withLock { $0.addresses } }

    /// Binds every listener, or none: when one cannot be bound the others are closed again.
    package func start() async throws(ListenError) {
        for listener in configuration.listeners {
            do throws(ListenError) {
                try await start(listener)
            } catch {
                await stop()
                state.withLock { $0.addresses = [] }
                throw error
            }
        }
    }

    /// Stops accepting, lets every connection finish what it is about, and closes what is left at `deadline`.
    package func drain(by deadline: NIODeadline) async {
        await stopListening()
        let done = loops.map { loop, state in
            let limit = loop.scheduleTask(deadline: deadline) { [counters] in
                for _ in 0..<state.value.closeAll() { counters.count(.drainDeadline) }
            }
            return loop.flatSubmit { state.value.drain(on: loop) }.always { _ in limit.cancel() }
        }
        for future in done { try? await future.get() }
    }

    /// Closes everything now.
    package func stop() async {
        await stopListening()
        for (loop, state) in loops {
            try? await loop.flatSubmit { () -> EventLoopFuture<Void> in
                let empty = state.value.drain(on: loop)
                _ = state.value.closeAll()
                return empty
            }.get()
        }
    }

    private func stopListening() async {
        let (sockets, files) = state.withLock { state in
            defer { (state.sockets, state.socketFiles) = ([], []) }
            return (state.sockets, state.socketFiles)
        }
        for socket in sockets { await socket.close() }
        for file in files { UnixSocket.remove(path: file.path, file.identity) }
    }

    private func start(_ listener: ListenerConfiguration) async throws(ListenError) {
        let sockets = ListenerSockets(configuration, listener)
        guard let kind = sockets.peerKind else {
            throw ListenError(address: listener.address.description, reason: "the descriptor is no TCP or Unix socket")
        }
        let setup = ConnectionSetup(
            listener: listener, peerKind: kind, limits: configuration.limits, trustedProxies: configuration.trustedProxies,
            responder: responder, observer: observer, http2: http2, counters: counters,
            loops: Dictionary(uniqueKeysWithValues: loops.map { (ObjectIdentifier($0), $1) }), identities: identities,
            shares: shares)
        let channels = try await sockets.bind(bootstrap(listener, setup)) { path, identity in
            state.withLock { $0.socketFiles.append((path, identity)) }
        }
        for channel in channels {
            let bound = BoundAddress(
                listener: listener.name, description: Self.text(of: channel, listener), port: channel.localAddress?.port,
                isSecure: listener.security != nil)
            let socket = await ListeningSocket(channel, backlog: configuration.backlog) { self.bootstrap(listener, setup) }
            state.withLock {
                $0.sockets.append(socket)
                $0.addresses.append(bound)
            }
        }
    }

    private func bootstrap(_ listener: ListenerConfiguration, _ setup: ConnectionSetup) -> ServerBootstrap {
        var refusal: (@Sendable () -> [UInt8])?
        if listener.security == nil { refusal = { [responder, identities] in RefusingHandler.bytes(responder, identities) } }
        return ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: configuration.backlog)
            .serverChannelInitializer { [counters, refusal, observer] channel in
                channel.eventLoop.makeCompletedFuture {
                    let front = AcceptGuard(counters: counters, refusal: refusal) {
                        observer?.acceptFailed(listener: listener.name, reason: $0)
                    }
                    try channel.pipeline.syncOperations.addHandler(front)
                }
            }
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try setup.begin(channel) }
            }
    }

    private static func text(of channel: any Channel, _ listener: ListenerConfiguration) -> String {
        guard let address = channel.localAddress else { return listener.address.description }
        if let host = address.ipAddress, let port = address.port { return ListenAddress.tcp(host: host, port: port).description }
        if let path = address.pathname, !path.isEmpty { return "unix:\(path)" }
        return listener.address.description
    }
}
