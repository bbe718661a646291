import BursarClient
import BursarInsight
import BursarModel
import NIOCore
import NIOPosix
import Synchronization
import Testing

@testable import BursarDelivery

/// What becomes of a message on its way, over real sockets.
@Suite(.timeLimit(.minutes(1)))
struct CourierTests {
    /// Answers every connection alike and closes it. *Mutex; any thread.*
    private final class Receiver: Sendable {
        let requests: Requests
        private let channel: any Channel

        final class Requests: Sendable {
            let count = Mutex(0)
        }

        private final class Handler: ChannelInboundHandler {
            typealias InboundIn = ByteBuffer
            typealias OutboundOut = ByteBuffer
            private let answer: String
            private let requests: Requests

            init(_ answer: String, _ requests: Requests) { (self.answer, self.requests) = (answer, requests) }

            func channelRead(context: ChannelHandlerContext, data: NIOAny) {
                guard String(buffer: unwrapInboundIn(data)).hasPrefix("POST ") else { return }
                requests.count.withLock { $0 += 1 }
                guard !answer.isEmpty else { return context.close(promise: nil) }
                let written = context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: answer)))
                written.assumeIsolated().whenComplete { _ in context.close(promise: nil) }
            }
        }

        init(_ answer: String) async throws {
            let requests = Requests()
            self.requests = requests
            channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .childChannelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try channel.pipeline.syncOperations.addHandler(Handler(answer, requests))
                    }
                }
                .bind(host: "127.0.0.1", port: 0).get()
        }

        var port: Int { channel.localAddress?.port ?? 0 }
        func stop() async { try? await channel.close().get() }
    }

    private func send(
        to port: Int, host: String = "127.0.0.1", _ reach: OutwardClients.Reach = .thisMachine
    ) async throws -> AlertOutcome {
        let clients = OutwardClients(
            group: MultiThreadedEventLoopGroup.singleton, settings: ClientSettings(tls: ClientTLS()), proxy: nil,
            allowsPrivateAddresses: false)
        let courier = Courier(clients: clients, now: { Messages.now })
        let address = DeliveryAddress(url: Secret("http://\(host):\(port)/hook"), reach: reach)
        let outcome = await courier.deliver(
            Messages.dispatch([try Messages.event()]), to: DeliveryTarget(name: "ops", kind: .slack(address))
        ) { _ in nil }
        courier.shutdown()
        return outcome
    }

    private func outcome(of head: String) async throws -> AlertOutcome {
        let receiver = try await Receiver("HTTP/1.1 \(head)\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        let outcome = try await send(to: receiver.port)
        await receiver.stop()
        return outcome
    }

    @Test(arguments: [
        ("200 OK", AlertOutcome.delivered), ("204 No Content", .delivered), ("404 Not Found", .gone(status: 404)),
        ("410 Gone", .gone(status: 410)),
        ("400 Bad Request", .failed(reason: "http_400", mayHaveArrived: false, retryAfter: nil)),
        ("500 Oops", .failed(reason: "http_500", mayHaveArrived: true, retryAfter: nil)),
        ("429 Wait\r\nRetry-After: 70", .failed(reason: "http_429", mayHaveArrived: false, retryAfter: .seconds(70))),
        ("503 Wait\r\nRetry-After: 9", .failed(reason: "http_503", mayHaveArrived: false, retryAfter: .seconds(9)))
    ])
    func `what an answer means`(head: String, expected: AlertOutcome) async throws {
        #expect(try await outcome(of: head) == expected)
    }

    @Test func `nobody there is certainly not told, and a connection that breaks off perhaps`() async throws {
        let receiver = try await Receiver("")
        let port = receiver.port
        guard case .failed(_, true, _) = try await send(to: port) else {
            Issue.record("it may have arrived")
            return
        }
        await receiver.stop()
        #expect(try await send(to: port) == .failed(reason: "connection_refused", mayHaveArrived: false, retryAfter: nil))
    }

    @Test func `a name that leads to this machine gets no message, and a redirect is not followed`() async throws {
        let receiver = try await Receiver("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        let outcome = try await send(to: receiver.port, host: "localhost", .publicAddress)
        #expect(outcome == .failed(reason: "private_address", mayHaveArrived: false, retryAfter: nil))
        #expect(receiver.requests.count.withLock { $0 } == 0)
        let redirect = try await self.outcome(of: "307 Elsewhere\r\nLocation: http://127.0.0.1:\(receiver.port)/")
        #expect(redirect == .failed(reason: "http_307", mayHaveArrived: false, retryAfter: nil))
        #expect(receiver.requests.count.withLock { $0 } == 0)
        await receiver.stop()
    }
}
