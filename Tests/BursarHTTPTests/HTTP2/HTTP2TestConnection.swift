import BursarBasics
import NIOCore
import NIOEmbedded
import Synchronization

@testable import BursarHTTP

/// A connection in memory: the real handler in an embedded channel whose time moves only when told.
final class HTTP2TestConnection {
    let channel = EmbeddedChannel()
    let client = HTTP2TestClient()
    let context: ConnectionContext
    let records = TestRecords()

    init(
        limits: ServerLimits = ServerLimits(), http2: HTTP2Limits = HTTP2Limits(), greets: Bool = true,
        observer: (any RequestObserver)? = nil,
        _ respond: @escaping @Sendable (Request) -> Reply
    ) throws {
        context = ConnectionContext(
            info: ConnectionInfo(peer: .example, listener: "test", scheme: "http"), responder: ClosureResponder(respond),
            observer: observer ?? records, limits: limits)
        try channel.connect(to: SocketAddress(ipAddress: "192.0.2.1", port: 1)).wait()
        let handler = HTTP2Protocol(limits: http2).makeHandler(context)
        try channel.pipeline.syncOperations.addHandler(handler)
        if greets { try send(HTTP2TestClient.hello) }
    }

    /// One read of these bytes, and whatever it makes the server write.
    func send(_ bytes: [UInt8]...) throws {
        guard channel.isActive else { return }
        channel.pipeline.fireChannelRead(ByteBuffer(bytes: bytes.flatMap(\.self)))
        channel.pipeline.fireChannelReadComplete()
        channel.embeddedEventLoop.run()
        collect()
    }

    func collect() {
        while let buffer = try? channel.readOutbound(as: ByteBuffer.self) { client.receive(buffer.readableBytesView) }
    }

    func wait(_ time: TimeAmount) {
        channel.embeddedEventLoop.advanceTime(by: time)
        collect()
    }

    func drain() {
        channel.pipeline.fireUserInboundEventTriggered(DrainEvent())
        collect()
    }

    var counters: ServerCounters { context.counters }
}

/// Keeps the access records of a test. *Mutex.*
final class TestRecords: RequestObserver {
    private let kept = Mutex<[RequestRecord]>([])
    func requestCompleted(_ record: RequestRecord) { kept.withLock { $0.append(record) } }
    var all: [RequestRecord] { kept.withLock { $0 } }
}

func textReply(_ text: String, status: Int = 200) -> Reply { .now(Response(status: status, text: text)) }
