import BursarBasics
import NIOCore
import NIOPosix
import NIOSSL

/// Opens connections: name, TCP, perhaps a proxy's tunnel, perhaps TLS; each step within its time. *Immutable; any thread.*
struct ConnectionOpener: Sendable {
    let settings: ClientSettings

    /// - Parameter adopt: is given the handler before anything can happen on it.
    /// - Returns: a future on `loop`.
    func open(_ origin: Origin, on loop: any EventLoop, adopt: @escaping @Sendable (ConnectionHandler) -> Void)
        -> EventLoopFuture<Connection>
    {
        let tls: NIOSSLContext?
        do {
            // Here and not on the event loop: the first one reads files.
            tls = try origin.isEncrypted ? settings.tls.context() : nil
        } catch {
            return loop.makeFailedFuture(error)
        }
        let place = proxied(origin) ?? origin.place
        return loop.flatSubmit {
            connect(to: place, on: loop).assumeIsolated().flatMap { channel in
                let tap = WireTap()
                let opened = setUp(channel, tap: tap, origin, tls, adopt)
                opened.assumeIsolated().whenFailure { _ in tap.close() }
                // From here on somebody reads.
                channel.setOption(.autoRead, value: true).whenFailure { _ in }
                return opened
            }.nonisolated()
        }
    }

    /// The proxy's place; nil without a proxy, and for a Unix socket.
    private func proxied(_ origin: Origin) -> Origin.Place? {
        guard let proxy = settings.proxy, case .host = origin.place else { return nil }
        return .host(proxy.host, port: proxy.port)
    }

    private func connect(to place: Origin.Place, on loop: any EventLoop) -> EventLoopFuture<any Channel> {
        let bootstrap = ClientBootstrap(group: loop).connectTimeout(TimeAmount(settings.connectTimeout))
            // Nothing is read before there is someone who takes it.
            .channelOption(.autoRead, value: false)
            // A server that floods one connection gets as small a share of the event loop as any other: one read in its turn.
            .channelOption(.maxMessagesPerRead, value: 1)
            .channelOption(.recvAllocator, value: FixedSizeRecvByteBufferAllocator(capacity: 16 << 10))
        switch place {
        case .unix(let path):
            return bootstrap.connect(unixDomainSocketPath: path)
        case .host(let host, let port):
            // An address needs no resolver, which works on a thread of its own.
            if let address = try? SocketAddress(ipAddress: host, port: port) { return bootstrap.connect(to: address) }
            return bootstrap.connect(host: host, port: port)
        }
    }

    /// On the event loop of `channel`.
    private func setUp(
        _ channel: any Channel, tap: WireTap, _ origin: Origin, _ tls: NIOSSLContext?,
        _ adopt: @escaping (ConnectionHandler) -> Void
    ) -> EventLoopFuture<Connection> {
        let loop = channel.eventLoop
        do {
            try channel.pipeline.syncOperations.addHandler(tap)
            // Judge the address that was connected to: asked again, DNS may name another.
            if settings.proxy == nil, let allows = settings.allowsAddress {
                guard let address = channel.remoteAddress, allows(address) else { throw TransportFault.privateAddress }
            }
        } catch {
            return loop.makeFailedFuture(error)
        }
        return tunnel(channel, to: origin).assumeIsolated().flatMap {
            encrypt(channel, tap, origin, tls)
        }.flatMapThrowing {
            let handler = ConnectionHandler(tap: tap, isEncrypted: origin.isEncrypted)
            adopt(handler)
            try channel.pipeline.syncOperations.addHandler(handler)
            return Connection(handler, loop: loop)
        }.nonisolated()
    }

    private func tunnel(_ channel: any Channel, to origin: Origin) -> EventLoopFuture<Void> {
        guard let proxy = settings.proxy, case .host(let host, let port) = origin.place else {
            return channel.eventLoop.makeSucceededVoidFuture()
        }
        let authority = "\(HostName.bracketed(host)):\(port)"
        return step(channel, timeout: .proxy) { opened in
            TunnelHandler(authority: authority, authorization: proxy.authorization, opened: opened)
        }
    }

    private func encrypt(_ channel: any Channel, _ tap: WireTap, _ origin: Origin, _ tls: NIOSSLContext?) -> EventLoopFuture<Void>
    {
        guard let tls, case .host(let host, _) = origin.place else { return channel.eventLoop.makeSucceededVoidFuture() }
        let identity = ServerIdentity(host: host)
        do {
            let handler = try NIOSSLClientHandler(context: tls, serverHostname: identity.serverName)
            tap.beginsTLS()
            return step(channel, timeout: .handshakeTimeout, before: handler) { done in
                HandshakeHandler(tls: handler, identity: identity, done: done)
            }
        } catch {
            return channel.eventLoop.makeFailedFuture(error)
        }
    }

    /// One step of the opening, which a handler does and then leaves.
    private func step(
        _ channel: any Channel, timeout: TransportFault, before other: NIOSSLClientHandler? = nil,
        _ make: (EventLoopPromise<Void>) -> some ChannelInboundHandler & RemovableChannelHandler
    ) -> EventLoopFuture<Void> {
        let promise = channel.eventLoop.makePromise(of: Void.self)
        let handler = make(promise)
        let timer = channel.eventLoop.scheduleTask(in: TimeAmount(settings.handshakeTimeout)) { promise.fail(timeout) }
        do {
            // The waiter first: adding the TLS handler starts the handshake.
            try channel.pipeline.syncOperations.addHandler(handler)
            if let other { try channel.pipeline.syncOperations.addHandler(other, position: .before(handler)) }
        } catch {
            promise.fail(error)
        }
        return promise.futureResult.assumeIsolated().flatMap {
            channel.pipeline.syncOperations.removeHandler(handler)
        }.always { _ in timer.cancel() }.nonisolated()
    }
}
