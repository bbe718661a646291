import BursarBasics
import Glibc
import NIOCore
import NIOPosix

/// Binds what one listener of the configuration stands for: one socket, or two for `localhost`. *Value.*
struct ListenerSockets {
    let configuration: ServerConfiguration
    let listener: ListenerConfiguration

    init(_ configuration: ServerConfiguration, _ listener: ListenerConfiguration) {
        (self.configuration, self.listener) = (configuration, listener)
    }

    /// Nil: the descriptor that was passed can be no listener.
    var peerKind: Peer.Kind? {
        switch listener.address {
        case .tcp: .tcp
        case .unix: .unix
        case .inherited(let descriptor): SystemdSockets.peerKind(of: descriptor)
        }
    }

    /// - Parameter made: told of a Unix socket's file.
    func bind(
        _ bootstrap: ServerBootstrap, made: (String, UnixSocket.Identity?) -> Void
    ) async throws(ListenError) -> [any Channel] {
        do {
            switch listener.address {
            case .tcp("localhost", let port): return try await bindLocalhost(bootstrap, port)
            case .tcp(let host, let port):
                return [try await bind(bootstrap, SocketAddress.makeAddressResolvingHost(host, port: port))]
            case .unix(let path, let mode):
                let descriptor = try UnixSocket.boundDescriptor(path: path, mode: mode ?? UnixSocket.defaultMode)
                made(path, UnixSocket.identity(path: path))
                return [try await bootstrap.withBoundSocket(descriptor).get()]
            case .inherited(let descriptor): return [try await bootstrap.withBoundSocket(descriptor).get()]
            }
        } catch let error as ListenError {
            throw error
        } catch {
            throw ListenError(address: listener.address.description, reason: Self.reason(error))
        }
    }

    /// Both loopbacks, on one port: which of them `localhost` means is each client's own choice. A machine without IPv6 has one.
    private func bindLocalhost(_ bootstrap: ServerBootstrap, _ port: Int) async throws -> [any Channel] {
        var attemptsLeft = port == 0 ? Self.attemptsAtFreePort : 1
        while true {
            attemptsLeft -= 1
            let first = try await bind(bootstrap, SocketAddress(ipAddress: "127.0.0.1", port: port))
            do {
                let second = try await bind(
                    bootstrap, SocketAddress(ipAddress: "::1", port: first.localAddress?.port ?? port))
                return [first, second]
            } catch let error as IOError where [EADDRNOTAVAIL, EAFNOSUPPORT].contains(error.errnoCode) {
                return [first]
            } catch {
                try? await first.close().get()
                // The system chose a port that is free in one family only.
                guard attemptsLeft > 0, (error as? IOError)?.errnoCode == EADDRINUSE else { throw error }
            }
        }
    }

    private static let attemptsAtFreePort = 8

    /// How much the kernel takes of a connection before it is on its way. By itself it would take megabytes, and a peer that reads slowly would
    /// look for minutes as if it took nothing; so it is seen to take something every 64 KiB. That is 2 KiB/s in the time of a write.
    private static let unsentBytes: ChannelOptions.Types.SocketOption.Value = 128 * 1024

    private func bind(_ bootstrap: ServerBootstrap, _ address: SocketAddress) async throws -> any Channel {
        // A connection has the second of its listener, without a call for each.
        var bootstrap = bootstrap.serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .serverChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .serverChannelOption(
                ChannelOptions.Types.SocketOption(level: .tcp, name: .init(rawValue: TCP_NOTSENT_LOWAT)), value: Self.unsentBytes)
        if case .v6 = address {
            // Said in any case, because the system's default is the operator's to set.
            bootstrap = bootstrap.serverChannelOption(
                ChannelOptions.Types.SocketOption(level: .ipv6, name: .ipv6_v6only), value: servesV4(address) ? 0 : 1)
        }
        return try await bootstrap.bind(to: address).get()
    }

    /// `[::]` is every address of the machine, those of IPv4 too, unless another listener has that port there.
    private func servesV4(_ address: SocketAddress) -> Bool {
        guard IPAddress(address)?.scope == .unspecified else { return false }
        return !configuration.listeners.contains { other in
            guard case .tcp(let host, let port) = other.address, port != 0, port == address.port else { return false }
            return host == "localhost" || IPAddress(host)?.isV4 ?? false
        }
    }

    private static func reason(_ error: any Error) -> String {
        if let error = error as? IOError { return SystemError(number: error.errnoCode).words }
        if case .unknown(let host, _)? = error as? SocketAddressError { return "\(host) is no address" }
        return "\(error)"
    }
}
