import NIOCore

/// Stands at the front of a listening channel and counts what goes wrong there. NIO itself keeps the channel open when there
/// are no descriptors left (EMFILE, ENFILE) and stops accepting for a second, while connections wait in the backlog; this
/// handler makes that visible. *Event loop.*
final class AcceptErrorCounter: ChannelInboundHandler {
    typealias InboundIn = any Channel

    private let counters: ServerCounters

    init(_ counters: ServerCounters) { self.counters = counters }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        switch (error as? IOError)?.errnoCode {
        case EMFILE, ENFILE, ENOBUFS, ENOMEM: counters.count(.acceptPaused)
        default: counters.count(.acceptFailed)
        }
        context.fireErrorCaught(error)
    }
}

import Glibc
