import NIOCore

/// Asks a proxy for a tunnel and leaves once it is there. *Event loop.*
final class TunnelHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// A proxy has little to say.
    private static let largestHead = 16 * 1_024

    private let request: [UInt8]
    private let opened: EventLoopPromise<Void>
    private var head: [UInt8] = []

    /// - Parameter authority: host and port, as CONNECT names them.
    init(authority: String, authorization: String?, opened: EventLoopPromise<Void>) {
        let field = authorization.map { "proxy-authorization: \($0)\r\n" } ?? ""
        request = Array("CONNECT \(authority) HTTP/1.1\r\nhost: \(authority)\r\n\(field)\r\n".utf8)
        self.opened = opened
    }

    func handlerAdded(context: ChannelHandlerContext) {
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: request)), promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        head += unwrapInboundIn(data).readableBytesView
        guard let end = Self.end(of: head) else {
            if head.count > Self.largestHead { opened.fail(TransportFault.proxy) }
            return
        }
        let line = Array(head.prefix { $0 != 0x0D })
        // Nothing but the head may be there: TLS begins with a word of ours.
        guard end == head.count, let answer = ResponseHead(statusLine: line), (200..<300).contains(answer.status) else {
            return opened.fail(TransportFault.proxy)
        }
        opened.succeed()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { opened.fail(TransportFault.proxy) }

    func channelInactive(context: ChannelHandlerContext) {
        opened.fail(TransportFault.proxy)
        context.fireChannelInactive()
    }

    private static func end(of head: [UInt8]) -> Int? {
        guard head.count >= 4 else { return nil }
        return (4...head.count).first { head[($0 - 4)..<$0].elementsEqual("\r\n\r\n".utf8) }
    }
}
