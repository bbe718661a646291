import BursarBasics
import NIOCore
import NIOEmbedded

@testable import BursarHTTP

/// Whatever may happen to one connection, read from an input. *Value.*
enum ConnectionEvent: Equatable {
    /// One of the requests that clients repeat is put behind what is to be sent.
    case request(Int)
    /// The client's own bytes.
    case bytes([UInt8])
    /// So many of them arrive in one read, at most.
    case arrives(Int)
    case readingChanges, configurationChanges, waitsEnd, drain
    case timePasses(TimeAmount)

    /// - Parameter bytes: whatever they are, they are some events; at most `most`.
    static func read(_ bytes: ArraySlice<UInt8>, most: Int) -> [ConnectionEvent] {
        var rest = bytes
        var events: [ConnectionEvent] = []
        while let byte = rest.popFirst(), events.count < most {
            switch byte >> 4 {
            case 0...5: events.append(.request(Int(byte)))
            case 6...9: events.append(.arrives(byte & 15 == 0 ? .max : Int(byte & 15) * Int(rest.popFirst() ?? 1)))
            case 10: events.append(.readingChanges)
            case 11: events.append(.configurationChanges)
            case 12: events.append(.timePasses(.milliseconds(100 * (1 + Int64(byte & 15) * Int64(byte & 15)))))
            case 13: events.append(byte == 0xD0 ? .drain : .waitsEnd)
            case 14: events.append(.waitsEnd)
            default:
                events.append(.bytes(Array(rest.prefix(Int(byte & 15) * 4))))
                rest = rest.dropFirst(Int(byte & 15) * 4)
            }
        }
        return events
    }
}

/// Plays events to a connection of a real listener without a socket, and keeps what it says behind each. *One thread.*
struct ConnectionPlay {
    /// What was written, and whether the connection was still open, behind each event.
    private(set) var outputs: [[UInt8]] = []
    private(set) var isOpen: [Bool] = []
    /// All that was written.
    var output: [UInt8] { Array(outputs.joined()) }

    /// How a play is set up. *Value.*
    struct Stage {
        var isHTTP2 = false
        var hasProxyHeader = false
        var isShort = false
        /// Answers are repeated by the connection itself.
        var mayRepeat = true
        /// Reads are cut into pieces of this size.
        var piece = Int.max
        /// The pieces come in one turn, as records of TLS do.
        var isGathered = false
    }

    init(_ events: [ConnectionEvent], _ stage: Stage) throws {
        weak let board = try perform(events, stage)
        try demand(board == nil, "something of a connection outlives its end")
    }

    /// - Returns: what stands behind the connection, which nothing may hold any more.
    private mutating func perform(_ events: [ConnectionEvent], _ stage: Stage) throws -> ConnectionBoard {
        var limits = ServerLimits()
        if stage.isShort { limits.requestsPerConnection = 5 }
        let board = ConnectionBoard(mayRepeat: stage.mayRepeat)
        let channel = EmbeddedChannel()
        let loop = channel.embeddedEventLoop
        let client = try SocketAddress(ipAddress: "192.0.2.1", port: 1)
        channel.remoteAddress = client
        var listener = ListenerConfiguration(.tcp(host: "127.0.0.1", port: 0))
        if stage.hasProxyHeader { listener.proxyProtocolSources = [AddressRange("0.0.0.0/0")].compactMap { $0 } }
        let state = NIOLoopBoundBox(LoopState(dates: DateCache(wallClock: { (784_111_777, 0) })), eventLoop: loop)
        let setup = ConnectionSetup(
            listener: listener, peerKind: .tcp, limits: limits, trustedProxies: [], responder: board, observer: nil,
            http2: HTTP2Protocol(), counters: ServerCounters(),
            loops: [ObjectIdentifier(loop): state],
            identities: ConnectionIdentities(), shares: nil)
        try setup.begin(channel)
        try channel.connect(to: client).wait()

        var requests = stage.isHTTP2 ? ConnectionRequests.http2() : ConnectionRequests.http1()
        var pending = requests.beginning
        if stage.hasProxyHeader { pending = Array("PROXY TCP4 192.0.2.7 127.0.0.1 4711 80\r\n".utf8) + pending }
        for event in events + [.arrives(.max), .waitsEnd, .timePasses(.seconds(100))] {
            switch event {
            case .request(let number): pending += requests.next(number)
            case .bytes(let bytes): pending += bytes
            case .arrives(let most):
                var read = pending.prefix(most)
                pending.removeFirst(read.count)
                while !read.isEmpty, channel.isActive {
                    let part = read.prefix(stage.piece)
                    read = read.dropFirst(part.count)
                    channel.pipeline.fireChannelRead(ByteBuffer(bytes: part))
                    if !stage.isGathered || read.isEmpty { channel.pipeline.fireChannelReadComplete() }
                }
            case .readingChanges: board.changeReading()
            case .configurationChanges: board.changeConfiguration()
            case .waitsEnd: board.endWaits()
            case .drain:
                _ = state.value.drain(on: loop)
            case .timePasses(let amount):
                loop.advanceTime(by: amount)
                board.isNow(loop.now)
            }
            loop.run()
            var output: [UInt8] = []
            while let part = try channel.readOutbound(as: ByteBuffer.self) { output += part.readableBytesView }
            outputs.append(output)
            isOpen.append(channel.isActive)
        }
        _ = try? channel.finish(acceptAlreadyClosed: true)
        // The end of one wait may let the next request begin another.
        while board.endWaits() { loop.run() }
        return board
    }
}

/// The requests that a play's client repeats, in the form of either protocol. *Value.*
struct ConnectionRequests {
    /// What the client sends before the first.
    let beginning: [UInt8]
    private let make: (Int, Int32) -> [UInt8]
    private var stream: Int32 = 1

    mutating func next(_ number: Int) -> [UInt8] {
        defer { stream += 2 }
        return make(number, stream)
    }

    private static let paths = ["/a", "/b", "/aged", "/large", "/plain", "/slow", "/bye"]
    private static let long = String(repeating: "x", count: 200)

    static func http1() -> ConnectionRequests {
        ConnectionRequests(beginning: []) { number, turn in
            let path = paths[number % paths.count]
            switch number / paths.count % 10 {
            case 0, 1: return Array("GET \(path) HTTP/1.1\r\nHost: a\r\n\r\n".utf8)
            // Another trace each time, of another length now and then.
            case 2: return Array("GET \(path) HTTP/1.1\r\nHost: a\r\nX-Request-Id: \(turn)\r\nAccept: */*\r\n\r\n".utf8)
            case 3, 4: return Array("GET \(path) HTTP/1.1\r\nHost: a\r\nX-Long: \(long)\r\n\r\n".utf8)
            case 5: return Array("HEAD \(path) HTTP/1.1\r\nHost: a\r\n\r\n".utf8)
            case 6: return Array("GET \(path) HTTP/1.1\r\nHost: a\r\nIf-None-Match: x\r\n\r\n".utf8)
            case 7: return Array("POST \(path) HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc".utf8)
            case 8:
                return Array("POST \(path) HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n".utf8)
            default: return Array("GET \(path) HTTP/1.0\r\nConnection: keep-alive\r\n\r\n".utf8)
            }
        }
    }

    private static let preface = Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8)

    static func http2() -> ConnectionRequests {
        ConnectionRequests(beginning: preface + frame(4, flags: 0, stream: 0, [])) { number, stream in
            let path = paths[number % paths.count]
            var fields = [(":method", "GET"), (":scheme", "http"), (":path", path), (":authority", "a")]
            switch number / paths.count % 10 {
            case 3, 4: fields.append(("x-long", long))
            case 5: fields[0].1 = "HEAD"
            case 6: fields.append(("if-none-match", "x"))
            case 7:
                fields[0].1 = "POST"
                return frame(1, flags: 4, stream: stream, block(fields)) + frame(0, flags: 1, stream: stream, [1, 2, 3])
            default: break
            }
            return frame(1, flags: 5, stream: stream, block(fields))
        }
    }

    private static func frame(_ type: UInt8, flags: UInt8, stream: Int32, _ payload: [UInt8]) -> [UInt8] {
        let (length, stream) = (payload.count, UInt32(bitPattern: stream))
        return [
            UInt8(truncatingIfNeeded: length >> 16), UInt8(truncatingIfNeeded: length >> 8), UInt8(truncatingIfNeeded: length),
            type, flags
        ] + (0..<4).reversed().map { UInt8(truncatingIfNeeded: stream >> ($0 * 8)) } + payload
    }

    /// Literal fields that no table keeps (RFC 7541 6.2.2); each text is below 127 bytes or the one that is not.
    private static func block(_ fields: [(String, String)]) -> [UInt8] {
        func text(_ text: String) -> [UInt8] {
            let bytes = Array(text.utf8)
            return
                (bytes.count < 127
                ? [UInt8(bytes.count)] : [127, UInt8(0x80 | (bytes.count - 127) & 127), UInt8((bytes.count - 127) >> 7)])
                + bytes
        }
        return fields.flatMap { [0] + text($0.0) + text($0.1) }
    }
}
