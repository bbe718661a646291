import NIOCore

/// Stands for a peer that takes nothing: what is written stays in the channel until it is let through. *Event loop.*
final class UntakenBytes: ChannelOutboundHandler {
    typealias OutboundIn = ByteBuffer

    private var isTaken = false
    private var context: ChannelHandlerContext?

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }
    func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

    func flush(context: ChannelHandlerContext) {
        if isTaken { context.flush() }
    }

    /// The peer takes all that is there, and nothing of what comes then unless it goes on.
    func take(goesOn: Bool = true) {
        context?.flush()
        isTaken = goesOn
    }
}
