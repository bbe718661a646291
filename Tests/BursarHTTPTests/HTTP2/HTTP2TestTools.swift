import BursarBasics
import Foundation
import NIOCore
import NIOPosix
import Synchronization

@testable import BursarHTTP

/// A count that closures may raise. *Atomic.*
final class TestCounter: Sendable {
    private let value = Atomic<Int>(0)
    func add() { value.wrappingAdd(1, ordering: .relaxed) }
    var count: Int { value.load(ordering: .relaxed) }
}

/// Lets tasks wait until a test says go, or until they are cancelled. *Mutex.*
final class TestGate: Sendable {
    private let state = Mutex((isOpen: false, waiting: [CheckedContinuation<Void, Never>]()))

    func open() {
        let waiting = state.withLock { state in
            state.isOpen = true
            defer { state.waiting = [] }
            return state.waiting
        }
        for one in waiting { one.resume() }
    }

    func opened() async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let goes = state.withLock { state in
                    if state.isOpen { return true }
                    state.waiting.append(continuation)
                    return false
                }
                if goes { continuation.resume() }
            }
        } onCancel: {
            open()
        }
    }
}

/// Runs a whole server on port 0 for the time of a test.
func withServer(
    security: TLSIdentity? = nil, limits: ServerLimits = ServerLimits(), http2: HTTP2Limits = HTTP2Limits(),
    observer: (any RequestObserver)? = nil, respond: @escaping @Sendable (Request) -> Reply,
    _ body: (HTTPServer, Int) async throws -> Void
) async throws {
    let server = HTTPServer(
        configuration: ServerConfiguration(
            listeners: [ListenerConfiguration(.tcp(host: "127.0.0.1", port: 0), security: security)], limits: limits),
        responder: ClosureResponder(respond), observer: observer, http2: HTTP2Protocol(limits: http2),
        group: MultiThreadedEventLoopGroup.singleton)
    try await server.start()
    do {
        try await body(server, server.addresses.first?.port ?? 0)
    } catch {
        await server.stop()
        throw error
    }
    await server.stop()
}

/// A real connection to a server, and what it said.
final class HTTP2SocketClient {
    let client = HTTP2TestClient()
    private let channel: any Channel
    private let pieces: AsyncStream<ByteBuffer>

    private init(_ channel: any Channel, _ pieces: AsyncStream<ByteBuffer>) { (self.channel, self.pieces) = (channel, pieces) }

    static func with(port: Int, _ body: (HTTP2SocketClient) async throws -> Void) async throws {
        let (pieces, continuation) = AsyncStream<ByteBuffer>.makeStream()
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(PieceReader(continuation))
                }
            }
            .connect(host: "127.0.0.1", port: port).get()
        do {
            try await body(HTTP2SocketClient(channel, pieces))
        } catch {
            try? await channel.close()
            throw error
        }
        try? await channel.close()
    }

    /// Gives what arrives to whoever reads next.
    private final class PieceReader: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        private let continuation: AsyncStream<ByteBuffer>.Continuation
        init(_ continuation: AsyncStream<ByteBuffer>.Continuation) { self.continuation = continuation }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) { continuation.yield(unwrapInboundIn(data)) }
        func channelInactive(context: ChannelHandlerContext) { continuation.finish() }
    }

    func send(_ bytes: [UInt8]...) async throws { try await channel.writeAndFlush(ByteBuffer(bytes: bytes.flatMap(\.self))) }

    /// Reads until the condition holds; false when the connection ended before.
    func read(until condition: (HTTP2TestClient) -> Bool) async throws -> Bool {
        if condition(client) { return true }
        for await bytes in pieces {
            client.receive(bytes.readableBytesView)
            if condition(client) { return true }
        }
        return false
    }

    /// Reads plain bytes until these were seen; what follows them is given to the frame reader.
    func readText(until end: String) async throws -> String {
        var seen: [UInt8] = []
        for await bytes in pieces {
            seen += bytes.readableBytesView
            if let range = Data(seen).range(of: Data(end.utf8)) {
                client.receive(seen[range.upperBound...])
                return String(decoding: seen[..<range.upperBound], as: UTF8.self)
            }
        }
        return String(decoding: seen, as: UTF8.self)
    }
}
