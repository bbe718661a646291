import NIOCore

extension ChannelHandlerContext {
    /// Bytes that the channel holds because the peer has not taken them. Whether a peer is slow or gone is told by whether they get less.
    var unwrittenBytes: Int { (try? channel.syncOptions?.getOption(.bufferedWritableBytes)) ?? 0 }
}
