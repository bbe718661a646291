import BursarBasics
import BursarConfiguration
import BursarText
import NIOCore
import NIOPosix
import NIOSSL

/// Asks the gateway of a configuration whether it is ready, from where it runs. *Value.*
///
/// Not by the client of the other commands: nothing secret is sent, so it does not matter whose certificate answers, and a PROXY header
/// stands in front where this machine is one whose connections begin with it.
struct ReadinessProbe: Sendable {
    let place: Place
    let usesTLS: Bool
    let sendsProxyHeader: Bool

    enum Place: Sendable, Equatable {
        case unix(String)
        case tcp(host: String, port: Int)
    }

    /// What came of it.
    enum Outcome: Sendable, Equatable {
        case ready
        /// A gateway that says that it is not.
        case refused(status: Int)
        case noGateway
        case noAnswer(String)
    }

    /// The listener that is asked most plainly: a Unix socket, then in clear text, then over TLS. Nil where the system chooses the ports.
    init?(_ places: ListeningPlaces) {
        let probes = places.listeners.compactMap { Self($0, places.proxyProtocol) }
        guard let best = probes.min(by: { $0.effort < $1.effort }) else { return nil }
        self = best
    }

    private init?(_ listener: ListenerSettings, _ proxies: [AddressRange]) {
        usesTLS = listener.usesTLS
        switch listener.address.reachableHere {
        case .unix(let path):
            place = .unix(path)
            sendsProxyHeader = proxies.contains(where: \.isUnix)
        case .tcp(let host, let port):
            guard port > 0 else { return nil }
            let asked = host == "localhost" ? "127.0.0.1" : host
            place = .tcp(host: asked, port: port)
            // Whoever asks an address of its own machine comes from that address.
            sendsProxyHeader = IPAddress(asked).map { own in proxies.contains { $0.contains(own) } } ?? false
        }
    }

    private var effort: Int {
        if case .unix = place { return 0 }
        return usesTLS ? 2 : 1
    }

    var description: String {
        switch place {
        case .unix(let path): "unix:\(path)"
        case .tcp(let host, let port): (usesTLS ? "https://" : "http://") + "\(ListenAddress.tcp(host: host, port: port))"
        }
    }

    func ask(within time: TimeAmount = .seconds(3)) async -> Outcome {
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        let answer = loop.makePromise(of: [UInt8].self)
        let deadline = loop.scheduleTask(in: time) { answer.fail(TooSlow()) }
        let opened = connect(on: loop, answer)
        opened.whenFailure { answer.fail($0) }
        defer {
            deadline.cancel()
            opened.whenSuccess { $0.close(promise: nil) }
        }
        do {
            return Self.judge(try await answer.futureResult.get())
        } catch is TooSlow {
            return .noAnswer("it took too long")
        } catch is NIOConnectionError {
            return .noAnswer("nothing accepts a connection there")
        } catch let error as IOError {
            return .noAnswer(ClientFailure.system(error.errnoCode).words)
        } catch {
            return .noAnswer(
                usesTLS ? "TLS could not be agreed on, or a certificate of its callers is wanted" : "it ended the connection")
        }
    }

    private struct TooSlow: Error {}

    private func connect(on loop: any EventLoop, _ answer: EventLoopPromise<[UInt8]>) -> EventLoopFuture<any Channel> {
        let bootstrap = ClientBootstrap(group: loop).connectTimeout(.seconds(3)).channelInitializer { channel in
            channel.eventLoop.makeCompletedFuture {
                let pipeline = channel.pipeline.syncOperations
                if sendsProxyHeader { try pipeline.addHandler(ProxyHeaderHandler()) }
                if usesTLS {
                    var tls = TLSConfiguration.makeClientConfiguration()
                    tls.certificateVerification = .none
                    tls.applicationProtocols = ["http/1.1"]
                    try pipeline.addHandler(NIOSSLClientHandler(context: NIOSSLContext(configuration: tls), serverHostname: nil))
                }
                try pipeline.addHandler(AnswerHandler(answer))
            }
        }
        switch place {
        case .unix(let path): return bootstrap.connect(unixDomainSocketPath: path)
        case .tcp(let host, let port): return bootstrap.connect(host: host, port: port)
        }
    }

    private static func judge(_ answer: [UInt8]) -> Outcome {
        let text = String(decoding: answer, as: UTF8.self)
        let words = text.prefix { $0 != "\r\n" && $0 != "\n" }.split(separator: " ")
        guard words.count >= 2, words[0].hasPrefix("HTTP/1."), let status = Int(words[1]) else { return .noGateway }
        let body = text.firstRange(of: "\r\n\r\n").map { text[$0.upperBound...] } ?? ""
        return judge(status: status, body: Array(body.utf8))
    }

    /// However it was asked: a gateway says that it is ready, and its errors are problem documents of its own.
    static func judge(status: Int, body: [UInt8]) -> Outcome {
        guard status == 200 else { return ProblemAnswer.isOurs(inJSON: body) ? .refused(status: status) : .noGateway }
        return String(decoding: body, as: UTF8.self).contains(#""status":"ready","store":{"#) ? .ready : .noGateway
    }
}

/// Says before anything else who is speaking: this machine. *Event loop.*
private final class ProxyHeaderHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    func channelActive(context: ChannelHandlerContext) {
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: "PROXY TCP4 127.0.0.1 127.0.0.1 1 1\r\n")), promise: nil)
        context.fireChannelActive()
    }
}

/// Asks, and takes the answer to its end. *Event loop.*
private final class AnswerHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let answer: EventLoopPromise<[UInt8]>
    private var received: [UInt8] = []
    private static let most = 64 << 10

    init(_ answer: EventLoopPromise<[UInt8]>) { self.answer = answer }

    func channelActive(context: ChannelHandlerContext) {
        let request = "GET /readyz HTTP/1.1\r\nHost: localhost\r\nUser-Agent: bursar-healthcheck\r\nConnection: close\r\n\r\n"
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: request)), promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        received += unwrapInboundIn(data).readableBytesView
        if received.count > Self.most { context.close(promise: nil) }
    }

    func channelInactive(context: ChannelHandlerContext) { answer.succeed(received) }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // A peer that ends without TLS's goodbye has said all that it had to say.
        if received.isEmpty { answer.fail(error) } else { answer.succeed(received) }
        context.close(promise: nil)
    }
}
