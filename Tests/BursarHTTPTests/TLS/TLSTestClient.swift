import NIOCore
import NIOPosix
import NIOSSL

/// One TLS connection in HTTP/1.1 that can ask several times and knows the server's certificate.
final class TLSTestClient: @unchecked Sendable {
    private let channel: any Channel
    private let answers: AsyncStream<String>
    private(set) var certificate: [UInt8] = []

    init(port: Int) async throws {
        let (answers, continuation) = AsyncStream<String>.makeStream()
        self.answers = answers
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.certificateVerification = .none
        let context = try NIOSSLContext(configuration: configuration)
        channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandlers([
                        try NIOSSLClientHandler(context: context, serverHostname: "localhost"), Answers(continuation)
                    ])
                }
            }
            .connect(host: "127.0.0.1", port: port).get()
    }

    func ask() async throws -> String {
        try await channel.writeAndFlush(ByteBuffer(string: "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"))
        for await answer in answers {
            if certificate.isEmpty {
                certificate = try await channel.eventLoop.submit { [channel] in
                    try channel.pipeline.syncOperations.nioSSL_peerCertificate()?.toDERBytes() ?? []
                }.get()
            }
            return answer
        }
        return "closed"
    }

    func close() async throws { try await channel.close() }

    /// Gives the last line of each answer, which is the body of those asked for here.
    private final class Answers: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        private let continuation: AsyncStream<String>.Continuation
        init(_ continuation: AsyncStream<String>.Continuation) { self.continuation = continuation }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            let text = String(buffer: unwrapInboundIn(data))
            continuation.yield(text.split(separator: "\r\n").last.map(String.init) ?? "")
        }
        func channelInactive(context: ChannelHandlerContext) { continuation.finish() }
    }
}
