import BursarBasics
import NIOCore
import NIOPosix
import Synchronization

@testable import BursarHTTP

/// A client that sends exactly the bytes it is told to and waits for bytes by events, never by time. *Mutex: any task.*
final class RawClient: Sendable {
    let channel: any Channel
    private let inbox: Inbox

    private init(_ channel: any Channel, _ inbox: Inbox) { (self.channel, self.inbox) = (channel, inbox) }

    static func connect(to address: SocketAddress) async throws -> RawClient {
        let inbox = Inbox()
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(Collector(inbox)) }
            }
            .connect(to: address).get()
        return RawClient(channel, inbox)
    }

    static func connect(to server: HTTPServer, _ index: Int = 0) async throws -> RawClient {
        let bound = server.addresses[index]
        guard let port = bound.port else {
            return try await connect(to: SocketAddress(unixDomainSocketPath: String(bound.description.dropFirst("unix:".count))))
        }
        return try await connect(to: SocketAddress(ipAddress: bound.description.hasPrefix("[") ? "::1" : "127.0.0.1", port: port))
    }

    func send(_ text: String) async throws { try await send(Array(text.utf8)) }
    func send(_ bytes: [UInt8]) async throws { try await channel.writeAndFlush(ByteBuffer(bytes: bytes)).get() }

    func get(_ target: String) async throws -> String {
        try await send("GET \(target) HTTP/1.1\r\nHost: x\r\n\r\n")
        return await response()
    }

    /// The next whole response by its Content-Length, or what there was when the server closed.
    func response() async -> String {
        await inbox.take { text in
            guard let end = text.firstRange(of: "\r\n\r\n") else { return nil }
            let head = text[..<end.upperBound]
            let length = head.split(separator: "\r\n").first { $0.hasPrefix("Content-Length: ") }?.dropFirst(16)
            let bodyEnd = text.utf8.index(
                end.upperBound, offsetBy: length.flatMap { Int($0) } ?? 0, limitedBy: text.utf8.endIndex)
            return bodyEnd.map { text.utf8.distance(from: text.startIndex, to: $0) }
        }
    }

    /// Everything up to the server's close.
    func end() async -> String { await inbox.take { _ in nil } }

    func close() async { try? await channel.close().get() }

    /// Leaves what comes in the kernel, as a client that does not read.
    func setReading(_ reads: Bool) async throws { try await channel.setOption(.autoRead, value: reads).get() }

    /// What arrived, and who waits for it. *Mutex.*
    final class Inbox: Sendable {
        private struct State {
            var bytes: [UInt8] = []
            var isOver = false
            var waiter: (cut: @Sendable (String) -> Int?, continuation: CheckedContinuation<String, Never>)?
        }
        private let state = Mutex(State())

        func add(_ bytes: [UInt8]) { change { $0.bytes.append(contentsOf: bytes) } }
        func finish() { change { $0.isOver = true } }

        /// Waits until `cut` says how many bytes to take, or the connection is over.
        func take(_ cut: @escaping @Sendable (String) -> Int?) async -> String {
            await withCheckedContinuation { continuation in change { $0.waiter = (cut, continuation) } }
        }

        private func change(_ body: (inout State) -> Void) {
            let ready: (CheckedContinuation<String, Never>, String)? = state.withLock { state in
                body(&state)
                guard let waiter = state.waiter else { return nil }
                let text = String(decoding: state.bytes, as: UTF8.self)
                guard let count = waiter.cut(text) ?? (state.isOver ? state.bytes.count : nil) else { return nil }
                let part = String(decoding: state.bytes.prefix(count), as: UTF8.self)
                state.bytes.removeFirst(min(count, state.bytes.count))
                state.waiter = nil
                return (waiter.continuation, part)
            }
            ready?.0.resume(returning: ready?.1 ?? "")
        }
    }

    private final class Collector: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        private let inbox: Inbox

        init(_ inbox: Inbox) { self.inbox = inbox }
        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            inbox.add(Array(unwrapInboundIn(data).readableBytesView))
        }
        func channelInactive(context: ChannelHandlerContext) { inbox.finish() }
        func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
    }
}

/// Runs the body with a server on port 0 and stops it afterwards, whatever happened.
func withServer(
    listeners: [ListenerConfiguration] = [ListenerConfiguration(.tcp(host: "127.0.0.1", port: 0))],
    limits: ServerLimits = ServerLimits(),
    trustedProxies: [AddressRange] = [], observer: (any RequestObserver)? = nil,
    respond: @escaping @Sendable (Request) -> Reply = { .now(Response(status: 200, text: $0.target)) },
    _ body: (HTTPServer) async throws -> Void
) async throws {
    let server = HTTPServer(
        configuration: ServerConfiguration(listeners: listeners, limits: limits, trustedProxies: trustedProxies),
        responder: ClosureResponder(respond), observer: observer, group: MultiThreadedEventLoopGroup.singleton)
    try await server.start()
    do {
        try await body(server)
    } catch {
        await server.stop()
        throw error
    }
    await server.stop()
}

/// A door that tasks wait at. *Mutex.*
final class Gate: Sendable {
    private let state = Mutex<(isOpen: Bool, waiting: [CheckedContinuation<Void, Never>])>((false, []))

    func pass() async {
        await withCheckedContinuation { continuation in
            let isOpen = state.withLock { state in
                if !state.isOpen { state.waiting.append(continuation) }
                return state.isOpen
            }
            if isOpen { continuation.resume() }
        }
    }

    func open() {
        let waiting = state.withLock { state in
            defer { state = (true, []) }
            return state.waiting
        }
        for continuation in waiting { continuation.resume() }
    }
}
