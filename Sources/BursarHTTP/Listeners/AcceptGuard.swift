import BursarBasics
import Glibc
import NIOCore

/// Stands at the front of a listening channel for the time when no descriptor is left. NIO keeps such a channel open, but goes on asking
/// for a connection that it cannot get, which takes a whole core. This pauses accepting, and has one descriptor in reserve with
/// which those who wait are told 503 instead of nothing. *Event loop.*
final class AcceptGuard: ChannelInboundHandler {
    typealias InboundIn = any Channel

    /// How long nobody is accepted: short enough for a caller to wait, long enough to cost nothing.
    static let pause = TimeAmount.milliseconds(100)
    /// Callers that are refused in one pause.
    static let mostRefused = 64

    private let counters: ServerCounters
    /// What is said to whom there is no descriptor for; nil behind TLS, where it could not be read.
    private let refusal: (@Sendable () -> [UInt8])?
    private let failed: @Sendable (String) -> Void
    private var reserve: CInt = -1
    private var resumption: Scheduled<Void>?

    /// - Parameter failed: told of any other error, behind which NIO closes the channel.
    init(counters: ServerCounters, refusal: (@Sendable () -> [UInt8])?, failed: @escaping @Sendable (String) -> Void) {
        (self.counters, self.refusal, self.failed) = (counters, refusal, failed)
    }

    func handlerAdded(context: ChannelHandlerContext) { holdReserve() }

    func handlerRemoved(context: ChannelHandlerContext) {
        resumption?.cancel()
        if reserve >= 0 { close(reserve) }
        reserve = -1
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        switch (error as? IOError)?.errnoCode {
        case EMFILE, ENFILE, ENOBUFS, ENOMEM:
            counters.count(.acceptPaused)
            pause(context)
        default:
            counters.count(.acceptFailed)
            failed((error as? IOError).map { SystemError(number: $0.errnoCode).words } ?? "\(type(of: error))")
        }
    }

    private func pause(_ context: ChannelHandlerContext) {
        guard resumption == nil else { return }
        try? context.channel.syncOptions?.setOption(.autoRead, value: false)
        refuseWaiting(context)
        let channel = context.channel
        resumption = context.eventLoop.assumeIsolated().scheduleTask(in: Self.pause) {
            self.resumption = nil
            try? channel.syncOptions?.setOption(.autoRead, value: true)
        }
    }

    /// Gives the reserve away for a moment, so that each of those who wait can be accepted, told and closed.
    private func refuseWaiting(_ context: ChannelHandlerContext) {
        guard reserve >= 0 else { return holdReserve() }
        close(reserve)
        reserve = -1
        _ = try? context.pipeline.syncOperations.withUnsafeTransportIfAvailable { (listener: NIOBSDSocket.Handle) in
            for _ in 0..<Self.mostRefused {
                let client = accept(listener, nil, nil)
                guard client >= 0 else { break }
                counters.count(.tooManyConnections)
                refuse(client)
                close(client)
            }
        }
        holdReserve()
    }

    private func refuse(_ client: CInt) {
        guard let answer = refusal?() else { return }
        // What was sent already is taken, because closing over it would reset the connection and lose the answer.
        var taken = [UInt8](repeating: 0, count: 4 * 1024)
        _ = recv(client, &taken, taken.count, Int32(MSG_DONTWAIT))
        _ = send(client, answer, answer.count, Int32(MSG_DONTWAIT) | Int32(MSG_NOSIGNAL))
        shutdown(client, Int32(SHUT_WR))
    }

    private func holdReserve() { reserve = open("/dev/null", O_RDONLY | O_CLOEXEC) }
}
