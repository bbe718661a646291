import NIOCore
import NIOEmbedded
import Testing

@testable import BursarHTTP

private typealias Client = HTTP2TestClient

/// What an attacker sends, and that each is told to go away (RFC 9113 10.5) instead of being served for ever.
@Suite struct HTTP2FloodTests {
    /// A connection whose buckets are small and never fill again, because its time stands still.
    private func connection() throws -> HTTP2TestConnection {
        var limits = HTTP2Limits()
        limits.frames.control = .init(burst: 20, perSecond: 1)
        limits.frames.settings = .init(burst: 5, perSecond: 1)
        limits.frames.resets = .init(burst: 20, perSecond: 1)
        limits.frames.faults = .init(burst: 10, perSecond: 1)
        limits.frames.emptyData = .init(burst: 10, perSecond: 1)
        limits.frames.windowUpdates = .init(burst: 20, perSecond: 1)
        return try HTTP2TestConnection(http2: limits) { _ in textReply("x") }
    }

    private func expectCalm(_ connection: HTTP2TestConnection, sourceLocation: SourceLocation = #_sourceLocation) {
        #expect(connection.client.goaways.last?.code == 11, sourceLocation: sourceLocation)  // ENHANCE_YOUR_CALM
        #expect(connection.counters[.http2Flood] == 1, sourceLocation: sourceLocation)
        connection.wait(.seconds(5))
        #expect(!connection.channel.isActive, sourceLocation: sourceLocation)
    }

    @Test func `opening and resetting streams at once ends in GOAWAY`() throws {
        let connection = try connection()
        for stream in (0..<30).map({ Int32($0 * 2 + 1) }) { try connection.send(Client.get(stream), Client.reset(stream)) }
        expectCalm(connection)
    }

    @Test func `making us reset streams ends in GOAWAY`() throws {
        let connection = try connection()
        for stream in (0..<30).map({ Int32($0 * 2 + 1) }) {
            // A body that is not as long as was said is an error of the stream alone.
            try connection.send(Client.get(stream, more: [("content-length", "5")]))
        }
        expectCalm(connection)
    }

    @Test func `PING, SETTINGS, PRIORITY, unknown and empty frames in mass end in GOAWAY`() throws {
        let priority = Client.frame(2, stream: 1, [0, 0, 0, 0, 1])
        for flood in [Client.ping(), Client.frame(4), priority, Client.frame(0xEE, [1]), Client.windowUpdate(0, 1)] {
            let connection = try connection()
            for _ in 0..<30 { try connection.send(flood) }
            expectCalm(connection)
        }
        let connection = try connection()
        try connection.send(Client.headers(1, Client.requestFields(), endStream: false))
        for _ in 0..<30 { try connection.send(Client.data(1, [], endStream: false)) }
        expectCalm(connection)
    }

    @Test func `a header block without end ends in GOAWAY`() throws {
        let connection = try connection()
        try connection.send(Client.frame(1, flags: 1, stream: 1, Client.block(Client.requestFields())))
        for _ in 0..<20 { try connection.send(Client.frame(9, stream: 1, Client.block([("x", "y")]))) }
        expectCalm(connection)
    }

    @Test func `a flood in one read is cut off as well`() throws {
        let connection = try connection()
        try connection.send((0..<10_000).flatMap { _ in Client.ping() })
        #expect(connection.client.count(6) <= 20)
        expectCalm(connection)
    }

    @Test func `honest use for a day is no flood`() {
        var meter = HTTP2FrameMeter(limits: HTTP2FrameLimits(), startedAt: 0)
        let minute = Client.ping() + Client.get(1) + Client.windowUpdate(0, 100) + Client.reset(1)
        #expect(minute.count > 0)
        _ = Client.preface.withUnsafeBytes { meter.received($0, now: 0) }
        for number in 0..<UInt64(24 * 60) {
            #expect(minute.withUnsafeBytes { meter.received($0, now: number * 60_000_000_000) } == .harmless)
        }
    }

    @Test func `the meter sees the same frames however the bytes are cut`() {
        var limits = HTTP2FrameLimits()
        limits.control = .init(burst: 3, perSecond: 1)
        let bytes = Client.hello + Client.get(1) + Client.ping() + Client.get(3) + Client.ping() + Client.ping() + Client.ping()
        for size in 1...bytes.count {
            var meter = HTTP2FrameMeter(limits: limits, startedAt: 0)
            var verdict = HTTP2FrameMeter.Verdict.harmless
            var index = 0
            while index < bytes.count, verdict == .harmless {
                let end = min(index + size, bytes.count)
                verdict = bytes[index..<end].withUnsafeBytes { meter.received($0, now: UInt64(index)) }
                index = end
            }
            #expect(verdict == .flood(.control))
            // The last frame's first byte, in the read that brought it.
            #expect(meter.begunAt == UInt64((bytes.count - Client.ping().count) / size * size))
        }
    }

    @Test func `more streams at once than are allowed are refused, and the others served`() throws {
        var limits = HTTP2Limits()
        limits.concurrentStreams = 2
        let connection = try HTTP2TestConnection(http2: limits) { _ in
            .after(TestWait()) { Response(status: 200) }
        }
        try connection.send(Client.frame(4, flags: 1), Client.get(1), Client.get(3), Client.get(5))
        let isRefused = connection.client.resetCode(5) == 7 || connection.client.goaways.last?.code == 1
        #expect(isRefused)
    }
}
