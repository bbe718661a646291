import NIOCore
import NIOPosix
import Synchronization

/// A proxy on loopback that tunnels (CONNECT) wherever it is asked to, and remembers everything that callers sent it.
final class TunnelProxy: Sendable {
    let port: Int
    private let channel: any Channel
    private let memory: Memory

    final class Memory: Sendable {
        private let state = Mutex<(connections: Int, bytes: [UInt8])>((0, []))
        func connected() { state.withLock { $0.connections += 1 } }
        func received(_ bytes: ByteBufferView) { state.withLock { $0.bytes += bytes } }
        var connections: Int { state.withLock { $0.connections } }
        var bytes: [UInt8] { state.withLock { $0.bytes } }
    }

    var connections: Int { memory.connections }
    var received: [UInt8] { memory.bytes }

    /// - Parameter refusing: an answer to every CONNECT in place of a tunnel.
    init(refusing answer: String? = nil) async throws {
        let memory = Memory()
        channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                memory.connected()
                return channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(Caller(memory: memory, refusal: answer))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        self.memory = memory
        port = channel.localAddress?.port ?? 0
    }

    func stop() async { try? await channel.close().get() }

    /// The caller's side. *Event loop.*
    private final class Caller: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        typealias OutboundOut = ByteBuffer
        private let memory: Memory
        private let refusal: String?
        private var head: [UInt8] = []
        private var target: (any Channel)?
        private var isOpening = false

        init(memory: Memory, refusal: String?) {
            self.memory = memory
            self.refusal = refusal
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            let buffer = unwrapInboundIn(data)
            memory.received(buffer.readableBytesView)
            if let target {
                target.writeAndFlush(buffer, promise: nil)
                return
            }
            head += buffer.readableBytesView
            guard !isOpening, head.suffix(4) == Array("\r\n\r\n".utf8)[...] else { return }
            isOpening = true
            open(context)
        }

        private func open(_ context: ChannelHandlerContext) {
            let words = String(decoding: head, as: UTF8.self).split(separator: " ")
            let authority = words.count > 1 ? words[1].split(separator: ":") : []
            guard refusal == nil, authority.count == 2, let port = Int(authority[1]) else {
                let answer = refusal ?? "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"
                context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: answer)), promise: nil)
                context.close(promise: nil)
                return
            }
            let caller = context.channel
            let opened = ClientBootstrap(group: context.eventLoop)
                .channelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(Back(caller: caller)) }
                }
                .connect(host: String(authority[0]), port: port)
            opened.assumeIsolated().whenComplete { result in
                guard case .success(let target) = result else { return caller.close(promise: nil) }
                self.target = target
                caller.writeAndFlush(ByteBuffer(string: "HTTP/1.1 200 OK\r\n\r\n"), promise: nil)
            }
        }

        func channelInactive(context: ChannelHandlerContext) { target?.close(promise: nil) }
    }

    /// The provider's side. *Event loop.*
    private final class Back: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        private let caller: any Channel
        init(caller: any Channel) { self.caller = caller }
        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            caller.writeAndFlush(unwrapInboundIn(data), promise: nil)
        }
        func channelInactive(context: ChannelHandlerContext) { caller.close(promise: nil) }
    }
}
