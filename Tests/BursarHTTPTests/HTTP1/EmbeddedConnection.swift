import BursarBasics
import NIOCore
import NIOEmbedded
import Synchronization

@testable import BursarHTTP

extension Peer {
    /// 192.0.2.1, of the range that documents use.
    static let example = Peer.tcp(IPAddress(v4: 0xC000_0201))
}

/// One HTTP/1.1 connection without a socket, whose time stands still until the test moves it. *The test's thread.*
final class EmbeddedConnection {
    let channel = EmbeddedChannel()
    let context: ConnectionContext
    let handler: HTTP1Handler

    init(
        limits: ServerLimits = ServerLimits(), observer: (any RequestObserver)? = nil, http2: (any HTTP2Starter)? = nil,
        info: ConnectionInfo? = nil,
        _ respond: @escaping @Sendable (Request) -> Reply = { .now(Response(status: 200, text: $0.target)) }
    ) throws {
        context = ConnectionContext(
            info: info ?? ConnectionInfo(peer: .example, listener: "test", scheme: "http"), responder: ClosureResponder(respond),
            observer: observer, limits: limits, dates: DateCache(wallClock: { (784_111_777, 0) }), http2: http2)
        handler = HTTP1Handler(context)
        try channel.pipeline.syncOperations.addHandler(handler)
        try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
    }

    var counters: ServerCounters { context.counters }
    var isOpen: Bool { channel.isActive }

    /// One read of the socket.
    func receive(_ text: String) throws { try receive(Array(text.utf8)) }

    func receive(_ bytes: [UInt8]) throws { _ = try channel.writeInbound(ByteBuffer(bytes: bytes)) }

    /// All that was written since the last call.
    func sent() throws -> String {
        var text = ""
        while let part = try channel.readOutbound(as: ByteBuffer.self) { text += String(buffer: part) }
        return text
    }

    /// What was answered to that read.
    func answer(_ text: String) throws -> String {
        try receive(text)
        return try sent()
    }

    func advance(_ amount: TimeAmount) { channel.embeddedEventLoop.advanceTime(by: amount) }
}

/// Keeps the records it hears, and counts what is repeated. *Mutex.*
final class CountingObserver: RequestObserver {
    let repeated = RequestCounter()
    private let heard = Mutex<[RequestRecord]>([])

    var records: [RequestRecord] { heard.withLock { $0 } }
    func requestCompleted(_ record: RequestRecord) { heard.withLock { $0.append(record) } }
    func counter(ofRepeated record: RequestRecord) -> RequestCounter? { record.path == "/counted" ? repeated : nil }
}

/// Keeps the records it hears. *Mutex.*
final class RecordingObserver: RequestObserver {
    let wantsTraces: Bool
    init(wantsTraces: Bool = false) { self.wantsTraces = wantsTraces }
    private let heard = Mutex<[RequestRecord]>([])

    var records: [RequestRecord] { heard.withLock { $0 } }
    func requestCompleted(_ record: RequestRecord) { heard.withLock { $0.append(record) } }
}
