import BursarClient
import BursarInsight
import BursarModel
import NIOCore
import NIOPosix
import Synchronization
import Testing

@testable import BursarDelivery

/// What a configured proxy gets of messages, over real sockets.
@Suite(.timeLimit(.minutes(1)))
struct TargetProxyTests {
    /// Answers everything with 200 and keeps what it got: a proxy like that reads what it tunnels. *Mutex; any thread.*
    private final class Listener: Sendable {
        private let memory: Memory
        private let channel: any Channel

        final class Memory: Sendable {
            let text = Mutex("")
        }

        private final class Handler: ChannelInboundHandler {
            typealias InboundIn = ByteBuffer
            typealias OutboundOut = ByteBuffer
            private let memory: Memory

            init(_ memory: Memory) { self.memory = memory }

            func channelRead(context: ChannelHandlerContext, data: NIOAny) {
                let text = String(buffer: unwrapInboundIn(data))
                memory.text.withLock { $0 += text }
                let answer = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
                context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: answer)), promise: nil)
            }
        }

        init() async throws {
            let memory = Memory()
            self.memory = memory
            channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .childChannelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try channel.pipeline.syncOperations.addHandler(Handler(memory))
                    }
                }
                .bind(host: "127.0.0.1", port: 0).get()
        }

        var port: Int { channel.localAddress?.port ?? 0 }
        var text: String { memory.text.withLock { $0 } }
        func stop() async { try? await channel.close().get() }
    }

    /// To a target that may be in the operator's own network.
    private func send(to url: String, proxy: Listener) async throws -> AlertOutcome {
        let clients = OutwardClients(
            group: MultiThreadedEventLoopGroup.singleton, settings: ClientSettings(tls: ClientTLS(authorities: [])),
            proxy: ClientProxy(host: "127.0.0.1", port: proxy.port), allowsPrivateAddresses: false)
        let courier = Courier(clients: clients, now: { Messages.now })
        let address = DeliveryAddress(url: Secret(url), reach: .anyAddress)
        let outcome = await courier.deliver(
            Messages.dispatch([try Messages.event()]), to: DeliveryTarget(name: "ops", kind: .alertmanager(address))
        ) { _ in nil }
        courier.shutdown()
        return outcome
    }

    @Test func `a proxy is not used for a target in plain http, and reads nothing that is for one over TLS`() async throws {
        let proxy = try await Listener()
        let target = try await Listener()
        #expect(try await send(to: "http://127.0.0.1:\(target.port)", proxy: proxy) == .delivered)
        #expect(proxy.text.isEmpty && target.text.hasPrefix("POST /api/v2/alerts "))
        // Behind this proxy nobody speaks TLS, so that nothing is told either.
        #expect(try await send(to: "https://127.0.0.1:\(target.port)", proxy: proxy) != .delivered)
        #expect(proxy.text.hasPrefix("CONNECT 127.0.0.1:\(target.port) ") && !proxy.text.contains("/api/v2/alerts"))
        await proxy.stop()
        await target.stop()
    }
}
