import NIOCore
import NIOPosix
import Synchronization

/// A client that sends text and keeps what comes back as it came: the mocks' broken answers would be hidden or refused by a
/// proper one.
enum RawClient {
    /// What came until the connection ended. *Value.*
    struct Reply: Sendable {
        var bytes: [UInt8]
        var wasReset: Bool

        var status: Int? { Int(head.split(separator: " ").dropFirst().first ?? "") }

        var head: String {
            let end = bytes.firstRange(of: Array("\r\n\r\n".utf8))?.lowerBound ?? bytes.count
            return String(decoding: bytes[..<end], as: UTF8.self)
        }

        var body: [UInt8] {
            guard let end = bytes.firstRange(of: Array("\r\n\r\n".utf8)) else { return [] }
            return Array(bytes[end.upperBound...])
        }

        var text: String { String(decoding: body, as: UTF8.self) }

        func header(_ name: String) -> String? {
            for line in head.split(separator: "\r\n").dropFirst() {
                let parts = line.split(separator: ":", maxSplits: 1)
                if parts.count == 2, parts[0].lowercased() == name.lowercased() {
                    return String(parts[1].drop { $0 == " " })
                }
            }
            return nil
        }
    }

    /// Sends `text` and returns all that comes until the server ends the connection.
    static func send(_ text: String, port: Int) async throws -> Reply {
        try await open(text, port: port).ended()
    }

    /// A GET that asks the server to close behind its answer.
    static func get(_ path: String, port: Int, headers: [String] = [], method: String = "GET", body: String = "") async throws
        -> Reply
    {
        try await send(request(path, headers: headers + ["Connection: close"], method: method, body: body), port: port)
    }

    static func request(_ path: String, headers: [String] = [], method: String = "GET", body: String = "") -> String {
        let length = body.isEmpty && method != "PUT" ? [] : ["Content-Length: \(body.utf8.count)"]
        let lines = ["\(method) \(path) HTTP/1.1", "Host: mocks"] + length + headers
        return lines.joined(separator: "\r\n") + "\r\n\r\n" + body
    }

    static func open(_ text: String, port: Int) async throws -> Connection {
        let connection = Connection()
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelInitializer { $0.pipeline.addHandler(Collector(connection)) }
            .connect(host: "127.0.0.1", port: port).get()
        try await channel.writeAndFlush(ByteBuffer(string: text)).get()
        connection.channel.withLock { $0 = channel }
        return connection
    }

    /// A connection whose bytes can be waited for. *Mutex; any thread.*
    final class Connection: Sendable {
        fileprivate struct State {
            var reply = Reply(bytes: [], wasReset: false)
            var isEnded = false
            var waiters: [(count: Int, continuation: CheckedContinuation<Void, Never>)] = []
        }

        fileprivate let state = Mutex(State())
        fileprivate let channel = Mutex<(any Channel)?>(nil)

        /// Returns once so many bytes are here, or the connection has ended.
        func received(_ count: Int) async -> Reply {
            await withCheckedContinuation { continuation in
                let isDone = state.withLock { state in
                    if state.isEnded || state.reply.bytes.count >= count { return true }
                    state.waiters.append((count, continuation))
                    return false
                }
                if isDone { continuation.resume() }
            }
            return state.withLock { $0.reply }
        }

        func ended() async -> Reply { await received(.max) }

        var isEnded: Bool { state.withLock { $0.isEnded } }

        func close() { channel.withLock { $0 }?.close(promise: nil) }

        fileprivate func changed(_ change: (inout State) -> Void) {
            let due = state.withLock { state in
                change(&state)
                let due = state.waiters.filter { state.isEnded || state.reply.bytes.count >= $0.count }
                state.waiters.removeAll { state.isEnded || state.reply.bytes.count >= $0.count }
                return due
            }
            for waiter in due { waiter.continuation.resume() }
        }
    }

    /// *Event loop.*
    private final class Collector: ChannelInboundHandler, Sendable {
        typealias InboundIn = ByteBuffer

        private let connection: Connection

        init(_ connection: Connection) { self.connection = connection }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            let buffer = unwrapInboundIn(data)
            connection.changed { $0.reply.bytes.append(contentsOf: buffer.readableBytesView) }
        }

        func channelInactive(context: ChannelHandlerContext) { connection.changed { $0.isEnded = true } }

        func errorCaught(context: ChannelHandlerContext, error: any Error) {
            connection.changed { $0.reply.wasReset = true }
            context.close(promise: nil)
        }
    }
}
