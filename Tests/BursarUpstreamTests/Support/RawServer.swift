import NIOCore
import NIOPosix
import Synchronization

/// A loopback server that answers each request head with the same bytes, whatever they are: for what no HTTP server would
/// send. Counts connections. The mocks do everything else.
final class RawServer: Sendable {
    let port: Int
    private let channel: any Channel
    private let accepted: Counter

    final class Counter: Sendable {
        private let count = Mutex(0)
        func increment() { count.withLock { $0 += 1 } }
        var value: Int { count.withLock { $0 } }
    }

    var connections: Int { accepted.value }

    /// - Parameter closes: whether the connection ends after the answer.
    init(answering bytes: String, closes: Bool) async throws {
        let counter = Counter()
        channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.backlog, value: 64)
            .childChannelInitializer { channel in
                counter.increment()
                return channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(Handler(bytes: bytes, closes: closes))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        accepted = counter
        port = channel.localAddress?.port ?? 0
    }

    func stop() async { try? await channel.close().get() }

    private final class Handler: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        typealias OutboundOut = ByteBuffer
        private let bytes: String
        private let closes: Bool
        private var seen: [UInt8] = []

        init(bytes: String, closes: Bool) {
            self.bytes = bytes
            self.closes = closes
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            seen += unwrapInboundIn(data).readableBytesView
            // A TLS handshake never has this end of a request head; it is answered at its first bytes.
            guard seen.suffix(4) == Array("\r\n\r\n".utf8)[...] || seen.first == 0x16 else { return }
            seen = []
            let written = context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: bytes)))
            if closes { written.assumeIsolated().whenComplete { _ in context.close(promise: nil) } }
        }
    }
}
