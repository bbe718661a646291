import BursarClient
import NIOCore
import NIOPosix

extension HTTPTransport {
    /// Makes one request to a listener of its own on loopback, which is gone when this returns; no provider is asked.
    ///
    /// The first connection of a process costs some 5 ms of first-use work in the Swift runtime: a tenth of what a quick provider
    /// takes. Done at the start, it is in nobody's first answer. Where no loopback socket can be opened, the first answer bears it as before.
    package func warmUp() async {
        guard
            let listener = try? await ServerBootstrap(group: eventLoopGroup)
                .childChannelInitializer({ channel in
                    channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(OneAnswer()) }
                })
                .bind(host: "127.0.0.1", port: 0).get()
        else { return }
        if let port = listener.localAddress?.port, let url = RequestURL("http://127.0.0.1:\(port)/") {
            _ = await client(for: .thisMachine, to: url.origin).execute(ClientRequest(url: url), timeout: .seconds(1))
        }
        try? await listener.close().get()
    }

    /// Answers whatever comes first and closes, so that no connection stays in the pool. *Event loop.*
    private final class OneAnswer: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        typealias OutboundOut = ByteBuffer

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            let answer = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}"
            let written = context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: answer)))
            written.assumeIsolated().whenComplete { _ in context.close(promise: nil) }
        }
    }
}
