import Glibc
import NIOCore

/// Stands nearest to the socket, below TLS. *Event loop.* Sees every byte that comes while nobody asked for one, and closes without
/// waiting for the other side's goodbye.
final class WireTap: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    private var context: ChannelHandlerContext?
    private var records: RecordBoundary?
    /// While a connection is kept: whatever comes then ends it.
    var isIdle = false
    /// Called when something came.
    var onIdleByte: (() -> Void)?

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    func handlerRemoved(context: ChannelHandlerContext) { (self.context, onIdleByte) = (nil, nil) }

    /// From the next byte on, records are counted.
    func beginsTLS() { records = RecordBoundary() }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let buffer = unwrapInboundIn(data)
        buffer.withUnsafeReadableBytes { records?.read($0) }
        guard !isIdle else {
            onIdleByte?()
            return
        }
        context.fireChannelRead(data)
    }

    /// Whether what was read so far ends where a TLS record ends; true without TLS.
    var isBetweenRecords: Bool { records?.isBetweenRecords ?? true }

    /// What lies in the socket and was not read yet.
    enum Unread { case nothing, bytes, end }

    var unread: Unread {
        guard let channel = context?.channel else { return .end }
        let count = try? channel.pipeline.syncOperations.withUnsafeTransportIfAvailable(of: NIOBSDSocket.Handle.self) { socket in
            var byte: UInt8 = 0
            let count = recv(socket, &byte, 1, Int32(MSG_PEEK) | Int32(MSG_DONTWAIT))
            return count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR) ? -1 : max(0, count)
        }
        switch count {
        case .some(-1): return .nothing
        case .some(1): return .bytes
        default: return .end
        }
    }

    /// TLS's own way of closing waits for the other side for seconds.
    func close() { context?.close(promise: nil) }
}
