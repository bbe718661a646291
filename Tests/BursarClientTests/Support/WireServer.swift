import NIOCore
import NIOPosix
import Synchronization

/// A server on loopback that says what a test tells it to, when it tells it to. *Any thread.*
final class WireServer: Sendable {
    enum Event: Equatable, Sendable {
        case opened(Int)
        /// A whole request head came; the key is its `x-key` field.
        case asked(Int, key: String)
        case closed(Int)
    }

    private struct State {
        var channels: [any Channel] = []
        var seen: [Event] = []
        var waiting: [(Event, CheckedContinuation<Void, Never>)] = []
    }

    let port: Int
    private let channel: any Channel
    private let state: Shared

    private final class Shared: Sendable {
        let value = Mutex(State())

        func happened(_ event: Event) {
            let woken = value.withLock { state in
                state.seen.append(event)
                let woken = state.waiting.filter { $0.0 == event }
                state.waiting.removeAll { $0.0 == event }
                return woken
            }
            for (_, continuation) in woken { continuation.resume() }
        }
    }

    /// - Parameter answer: to the key of each request; nil: nothing, the test sends it.
    init(answer: @escaping @Sendable (String) -> String? = { _ in nil }) async throws {
        let shared = Shared()
        state = shared
        channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                let index = shared.value.withLock { state in
                    state.channels.append(channel)
                    return state.channels.count - 1
                }
                shared.happened(.opened(index))
                return channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(Handler(index: index, shared: shared, answer: answer))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        port = channel.localAddress?.port ?? 0
    }

    /// Returns when that has happened, at once where it has.
    func wait(for event: Event) async {
        await withCheckedContinuation { continuation in
            let isThere = state.value.withLock { state in
                if state.seen.contains(event) { return true }
                state.waiting.append((event, continuation))
                return false
            }
            if isThere { continuation.resume() }
        }
    }

    /// Returns when the kernel has the bytes.
    func send(_ text: String, on connection: Int) async {
        let channel = state.value.withLock { $0.channels[connection] }
        try? await channel.writeAndFlush(ByteBuffer(string: text)).get()
    }

    func close(_ connection: Int) async {
        try? await state.value.withLock { $0.channels[connection] }.close().get()
    }

    var connections: Int { state.value.withLock { $0.channels.count } }

    func stop() async {
        try? await channel.close().get()
        for channel in state.value.withLock({ $0.channels }) { channel.close(promise: nil) }
    }

    static func ok(_ body: String) -> String { "HTTP/1.1 200 OK\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)" }

    private final class Handler: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        typealias OutboundOut = ByteBuffer
        private let index: Int
        private let shared: Shared
        private let answer: @Sendable (String) -> String?
        private var head = ""

        init(index: Int, shared: Shared, answer: @escaping @Sendable (String) -> String?) {
            self.index = index
            self.shared = shared
            self.answer = answer
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            head += String(buffer: unwrapInboundIn(data))
            guard head.hasSuffix("\r\n\r\n") else { return }
            let key = head.split(separator: "\r\n").first { $0.hasPrefix("x-key: ") }?.dropFirst(7) ?? ""
            head = ""
            if let text = answer(String(key)) {
                context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: text)), promise: nil)
            }
            shared.happened(.asked(index, key: String(key)))
        }

        func channelInactive(context: ChannelHandlerContext) { shared.happened(.closed(index)) }

        func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
    }
}
