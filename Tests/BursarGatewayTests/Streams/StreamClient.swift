import BursarClient
import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization
import TestSupport
import Testing

/// A client of one stream, over a socket of its own. *Mutex; any thread.* Close it, or the socket stays.
final class StreamClient: Sendable {
    struct State: Sendable {
        var model = StreamModel()
        var head: HTTPResponseHead?
        /// Everything of the body, comments and all.
        var text = ""
        var isEnded = false
        var error: String?
    }

    private let channel: any Channel

    struct TimedOut: Error { let state: State }

    /// - Parameters:
    ///   - model: what the client has of before.
    ///   - reads: false: it takes nothing before ``readOn()``.
    static func open(
        _ gateway: TestGateway, _ path: String = "/v1/balances/stream", _ headers: (String, String)...,
        resuming model: StreamModel? = nil, reads: Bool = true
    ) async throws -> StreamClient {
        guard let port = gateway.url.split(separator: ":").last.flatMap({ Int($0) }) else { throw ClientError(.unwritable) }
        return try await open(
            at: try SocketAddress(ipAddress: "127.0.0.1", port: port), path, headers, resuming: model, reads: reads)
    }

    static func open(
        at address: SocketAddress, _ path: String = "/v1/balances/stream", _ headers: [(String, String)] = [],
        resuming model: StreamModel? = nil, reads: Bool = true
    ) async throws -> StreamClient {
        var state = State()
        if let model {
            state.model = model
            state.model.cut()
        }
        let box = Box(state)
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelOption(.autoRead, value: reads)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHTTPClientHandlers()
                    try channel.pipeline.syncOperations.addHandler(Reader(box))
                }
            }
            .connect(to: address).get()
        var fields = HTTPHeaders(headers + [("host", "localhost"), ("accept", "text/event-stream")])
        if !state.model.lastEventID.isEmpty { fields.add(name: "last-event-id", value: state.model.lastEventID) }
        try await channel.writeAndFlush(
            HTTPClientRequestPart.head(HTTPRequestHead(version: .http1_1, method: .GET, uri: path, headers: fields)))
        try await channel.writeAndFlush(HTTPClientRequestPart.end(nil))
        return StreamClient(box, channel)
    }

    private final class Box: Sendable {
        let state: Mutex<State>
        init(_ state: State) { self.state = Mutex(state) }
    }

    private let box: Box

    private init(_ box: Box, _ channel: any Channel) {
        self.box = box
        self.channel = channel
    }

    private final class Reader: ChannelInboundHandler, Sendable {
        typealias InboundIn = HTTPClientResponsePart
        let box: Box
        init(_ box: Box) { self.box = box }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            let part = unwrapInboundIn(data)
            box.state.withLock { state in
                switch part {
                case .head(let head): state.head = head
                case .body(let bytes):
                    state.text += String(buffer: bytes)
                    do { try state.model.read(Array(bytes.readableBytesView)) } catch { state.error = "\(error)" }
                case .end: state.isEnded = true
                }
            }
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
        func channelInactive(context: ChannelHandlerContext) { box.state.withLock { $0.isEnded = true } }
    }

    var now: State { box.state.withLock { $0 } }

    /// Waits until it is so, for a minute or more. Not `eventually`: its error shows what was seen instead.
    @discardableResult
    func until(_ isSo: (State) -> Bool) async throws -> State {
        for _ in 0..<6_000 {
            let state = now
            if isSo(state) { return state }
            try await Task.sleep(for: .milliseconds(10))
        }
        throw TimedOut(state: now)
    }

    func readOn() { channel.setOption(.autoRead, value: true).whenSuccess { self.channel.read() } }

    /// Hangs up.
    func close() async { try? await channel.close() }
}
