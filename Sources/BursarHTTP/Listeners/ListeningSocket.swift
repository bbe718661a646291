import Glibc
import NIOCore
import NIOPosix
import Synchronization

/// A socket that listens for as long as the server wants it to. *Mutex: any thread; start, stop and failures only.*
///
/// SwiftNIO closes a listening channel at any error of `accept` but five, and Linux hands over there what befell a single connection:
/// whoever wants to be reliable goes on (accept(2), "Error handling"). So the socket is kept open beside its channel, callers wait in the
/// kernel's queue, and a moment later it has another channel.
final class ListeningSocket: Sendable {
    private struct State {
        var channel: (any Channel)?
        /// A second descriptor of the socket.
        var kept: CInt
        var isClosed = false
    }

    private let backlog: CInt
    private let bootstrap: @Sendable () -> ServerBootstrap
    private let state: Mutex<State>

    /// - Parameters:
    ///   - channel: it listens already.
    ///   - bootstrap: makes its successors.
    init(_ channel: any Channel, backlog: CInt, _ bootstrap: @escaping @Sendable () -> ServerBootstrap) async {
        (self.backlog, self.bootstrap) = (backlog, bootstrap)
        let kept = try? await channel.eventLoop.submit {
            try channel.pipeline.syncOperations.withUnsafeTransportIfAvailable { (socket: NIOBSDSocket.Handle) in
                Self.duplicate(socket)
            }
        }.get()
        state = Mutex(State(channel: channel, kept: (kept ?? nil) ?? -1))
        follow(channel)
    }

    deinit { state.withLock { Self.letGo(&$0) } }

    /// Nobody is accepted any more.
    func close() async {
        let channel = state.withLock { state in
            state.isClosed = true
            Self.letGo(&state)
            return state.channel.take()
        }
        try? await channel?.close().get()
    }

    private func follow(_ channel: any Channel) {
        channel.closeFuture.whenComplete { [weak self] _ in
            guard let self, !self.state.withLock({ $0.isClosed }) else { return }
            self.reopenSoon(on: channel.eventLoop)
        }
    }

    private func reopenSoon(on loop: any EventLoop) {
        loop.scheduleTask(in: AcceptGuard.pause) { [weak self] in self?.reopen(on: loop) }
    }

    private func reopen(on loop: any EventLoop) {
        guard let socket = state.withLock({ $0.isClosed ? nil : Self.duplicate($0.kept) }) else { return }
        // It listens still, unless somebody shut it down.
        guard socket >= 0, listen(socket, backlog) == 0 else {
            if socket >= 0 { Glibc.close(socket) }
            return reopenSoon(on: loop)
        }
        bootstrap().withBoundSocket(socket).whenComplete { result in
            guard case .success(let channel) = result else { return self.reopenSoon(on: loop) }
            let isWanted = self.state.withLock { state in
                if !state.isClosed { state.channel = channel }
                return !state.isClosed
            }
            if isWanted { self.follow(channel) } else { channel.close(promise: nil) }
        }
    }

    private static func duplicate(_ socket: CInt) -> CInt { fcntl(socket, F_DUPFD_CLOEXEC, 3) }

    private static func letGo(_ state: inout State) {
        if state.kept >= 0 { Glibc.close(state.kept) }
        state.kept = -1
    }
}
