import NIOCore
import NIOPosix
import NIOSSL

/// A provider that misbehaves on the wire, each key in its own way. *Any thread.*
final class HostileProvider: Sendable {
    /// Named by the key that is sent.
    enum Way: String, CaseIterable, Sendable {
        case endlessHead = "hostile-endless-head"
        case endlessValue = "hostile-endless-value"
        case endlessHints = "hostile-endless-hints"
        case endlessChunks = "hostile-endless-chunks"
        case endlessTrailers = "hostile-endless-trailers"
        case endlessBody = "hostile-endless-body"
        case endlessZeros = "hostile-gzip-bomb"
        case silence = "hostile-silence"
        case half = "hostile-half-an-answer"

        /// What begins the answer, and what follows without an end; nil: nothing does.
        fileprivate var answer: (start: [UInt8], again: [UInt8]?) {
            let chunked = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
            switch self {
            case .endlessHead: return (Array("HTTP/1.1 200 OK\r\n".utf8), Array("a: b\r\n".utf8))
            case .endlessValue: return (Array("HTTP/1.1 200 OK\r\nx: ".utf8), Array("aaaaaaaaaaaaaaaa".utf8))
            case .endlessHints: return ([], Array("HTTP/1.1 103 Early Hints\r\n\r\n".utf8))
            case .endlessChunks: return (Array(chunked.utf8), Array("1\r\nx\r\n".utf8))
            case .endlessTrailers: return (Array((chunked + "0\r\n").utf8), Array("a: b\r\n".utf8))
            case .endlessBody:
                return (Array("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n".utf8), Array("xxxxxxxxxxxxxxxx".utf8))
            case .endlessZeros:
                // Empty deflate blocks, after a header of gzip: each byte that is sent may stand for nothing or for a thousand.
                let head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Encoding: gzip\r\n\r\n"
                return (Array(head.utf8) + [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3] + Self.zeros, Self.zeros)
            case .silence: return ([], nil)
            case .half: return (Array("HTTP/1.1 200 OK\r\nContent-Length: 90\r\n\r\n{\"code\":".utf8), nil)
            }
        }

        /// A stored block of zeros: 00, length, its complement, the bytes.
        private static let zeros: [UInt8] = [0, 0xFF, 0x0F, 0x00, 0xF0] + [UInt8](repeating: 0, count: 0x0FFF)
    }

    private let channel: any Channel
    let port: Int

    init(certificate: NIOSSLCertificate? = nil, key: NIOSSLPrivateKey? = nil) async throws {
        var tls: NIOSSLContext?
        if let certificate, let key {
            tls = try NIOSSLContext(
                configuration: .makeServerConfiguration(
                    certificateChain: [.certificate(certificate)], privateKey: .privateKey(key)))
        }
        channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { [tls] channel in
                channel.eventLoop.makeCompletedFuture {
                    if let tls { try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: tls)) }
                    try channel.pipeline.syncOperations.addHandler(Handler())
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        port = channel.localAddress?.port ?? 0
    }

    func stop() async { try? await channel.close().get() }

    /// Answers a key that it does not know as the provider's page says. *Event loop.*
    private final class Handler: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        typealias OutboundOut = ByteBuffer
        private var head = ""
        private var flood: ByteBuffer?

        private static let well: String = {
            let body = #"{"code":200,"data":{"available":950,"frozen":10}}"#
            return "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)"
        }()

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            head += String(buffer: unwrapInboundIn(data))
            guard head.hasSuffix("\r\n\r\n") else { return }
            defer { head = "" }
            guard let way = Way.allCases.first(where: { head.contains($0.rawValue) }) else {
                context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: Self.well)), promise: nil)
                return
            }
            let (start, again) = way.answer
            if !start.isEmpty { context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: start)), promise: nil) }
            guard let again else { return }
            let times = max(1, 16_384 / again.count)
            flood = ByteBuffer(bytes: [[UInt8]](repeating: again, count: times).joined())
            pour(context)
        }

        /// The next piece when the one before has been taken. Others of this event loop have their turn in between: a socket with
        /// room takes a piece at once.
        private func pour(_ context: ChannelHandlerContext) {
            guard let flood else { return }
            let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
            context.writeAndFlush(wrapOutboundOut(flood)).whenSuccess {
                bound.eventLoop.execute { bound.value.0.pour(bound.value.1) }
            }
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
        func channelInactive(context: ChannelHandlerContext) { flood = nil }
    }
}
