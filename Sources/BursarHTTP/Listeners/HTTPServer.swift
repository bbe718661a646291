import BursarBasics
package import NIOCore
import NIOPosix
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Listens on all configured addresses and serves their connections with one responder. *Mutex: any thread; start and stop
/// only, never a request.*
///
/// `start()`, then `drain(by:)` or `stop()`, each once. The event loops belong to the caller.
package final class HTTPServer: Sendable {
    private struct State {
        var channels: [any Channel] = []
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
        let (channels, files) = state.withLock { state in
            defer { (state.channels, state.socketFiles) = ([], []) }
            return (state.channels, state.socketFiles)
        }
        for channel in channels { try? await channel.close().get() }
        for file in files { UnixSocket.remove(path: file.path, file.identity) }
    }

    private func start(_ listener: ListenerConfiguration) async throws(ListenError) {
        let setup = ConnectionSetup(
            listener: listener, limits: configuration.limits, trustedProxies: configuration.trustedProxies, responder: responder,
            observer: observer, http2: http2, counters: counters,
            loops: Dictionary(uniqueKeysWithValues: loops.map { (ObjectIdentifier($0), $1) }), identities: identities,
            shares: shares)
        var bootstrap = ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: configuration.backlog)
            .serverChannelInitializer { [counters] channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(AcceptErrorCounter(counters))
                }
            }
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try setup.begin(channel) }
            }
            .childChannelOption(
                .writeBufferWaterMark,
                value: .init(low: configuration.limits.outboundBytes / 4, high: configuration.limits.outboundBytes)
            )
            // A channel keeps its read buffers: of the defaults, four of 64 KiB for each client that ever sent as much at a time.
            .childChannelOption(.maxMessagesPerRead, value: 2)
            .childChannelOption(
                .recvAllocator, value: AdaptiveRecvByteBufferAllocator(minimum: 64, initial: 2048, maximum: 16 * 1024))
        do {
            let channel: any Channel
            switch listener.address {
            case .tcp(let host, let port):
                let address = try SocketAddress.makeAddressResolvingHost(host, port: port)
                bootstrap = bootstrap.serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
                    .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
                if case .v6 = address {
                    // So that [::] and 0.0.0.0 can be listened on side by side, whatever the system's default is.
                    bootstrap = bootstrap.serverChannelOption(
                        ChannelOptions.Types.SocketOption(level: .ipv6, name: .ipv6_v6only), value: 1)
                }
                channel = try await bootstrap.bind(to: address).get()
            case .unix(let path, let mode):
                let descriptor = try UnixSocket.boundDescriptor(path: path, mode: mode ?? UnixSocket.defaultMode)
                let identity = UnixSocket.identity(path: path)
                state.withLock { $0.socketFiles.append((path, identity)) }
                channel = try await bootstrap.withBoundSocket(descriptor).get()
            case .inherited(let descriptor):
                channel = try await bootstrap.withBoundSocket(descriptor).get()
            }
            let bound = BoundAddress(
                listener: listener.name, description: Self.text(of: channel, listener), port: channel.localAddress?.port,
                isSecure: listener.security != nil)
            state.withLock {
                $0.channels.append(channel)
                $0.addresses.append(bound)
            }
        } catch let error as ListenError {
            throw error
        } catch {
            throw ListenError(address: listener.address.description, reason: Self.reason(error))
        }
    }

    private static func text(of channel: any Channel, _ listener: ListenerConfiguration) -> String {
        guard let address = channel.localAddress else { return listener.address.description }
        if let host = address.ipAddress, let port = address.port { return ListenAddress.tcp(host: host, port: port).description }
        if let path = address.pathname, !path.isEmpty { return "unix:\(path)" }
        return listener.address.description
    }

    private static func reason(_ error: any Error) -> String {
        if let error = error as? IOError { return String(cString: strerror(error.errnoCode)) }
        if case .unknown(let host, _)? = error as? SocketAddressError { return "\(host) is no address" }
        return "\(error)"
    }
}
