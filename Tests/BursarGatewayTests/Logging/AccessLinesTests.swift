import BursarBasics
import BursarHTTP
import BursarModel
import BursarProcess
import Logging
import NIOCore
import NIOPosix
import Synchronization
import Testing

@testable import BursarGateway

/// A request's line is made once and then written over (B7): it must be what it would be if it were made each time.
@Suite struct AccessLinesTests {
    private final class Lines: LogTarget {
        let all = Mutex<[String]>([])
        var droppedLines: Int { 0 }
        func write(_ line: [UInt8], isHurried: Bool) { all.withLock { $0.append(String(decoding: line, as: UTF8.self)) } }
        var last: String { all.withLock { $0.last ?? "" } }
    }

    private final class Clock: Sendable {
        let time = Mutex(WallTime(milliseconds: 1_763_679_360_123))
    }

    private static let traces = ["4bf92f3577b34da6a3ce929d0e0e4736", "aaaabbbbccccddddeeeeffff00001111"].compactMap {
        TraceContext("00-\($0)-00f067aa0ba902b7-01")
    }
    private static let segments: Set<Substring> = ["v1", "balances", "livez", "sunor"]
    private let lines = Lines()
    private let clock = Clock()
    private let scrubber = ScrubberBox()
    private let counts = RequestCounts(on: MultiThreadedEventLoopGroup.singleton)

    private func output(_ format: LogFormat) -> LogOutput {
        LogOutput(level: .info, format: format, scrubber: scrubber, target: lines) { [clock] in clock.time.withLock { $0 } }
    }

    private func record(
        id: UInt64 = 1, method: String = "GET", path: String = "/v1/balances", status: Int = 200, bytes: Int = 1_184,
        microseconds: Int64 = 0, peer: String = "127.0.0.1", version: HTTPVersion = .http1_1, trace: TraceContext? = nil
    ) -> RequestRecord {
        RequestRecord(
            id: RequestID(value: id), method: method, path: path, status: status, bytes: bytes,
            duration: .microseconds(microseconds), peer: peer, listener: "127.0.0.1:8787", version: version,
            trace: trace)
    }

    private func note(_ record: RequestRecord, by access: AccessLines, _ format: LogFormat = .json) -> String {
        access.note(record, counts, output(format), knownSegments: Self.segments)
        return lines.last
    }

    @Test(arguments: LogFormat.allCases)
    func `a line that was written over is the line that would have been made`(format: LogFormat) {
        let access = AccessLines()
        var random = SystemRandomNumberGenerator()
        for _ in 0..<5_000 {
            clock.time.withLock { time in
                time = WallTime(milliseconds: time.milliseconds + [0, 1, 17, 999, 86_400_000].randomElement(using: &random)!)
            }
            let record = record(
                id: .random(in: 0 ... .max, using: &random), method: ["GET", "HEAD"].randomElement(using: &random)!,
                path: ["/v1/balances", "/livez", "/v1/balances/sunor", ""].randomElement(using: &random)!,
                status: [200, 304].randomElement(using: &random)!, bytes: [0, 1_184].randomElement(using: &random)!,
                microseconds: [0, 9, 10, 38, 999, 1_000, 123_456_789].randomElement(using: &random)!,
                peer: ["127.0.0.1", "unix", "2001:db8::1", "10.0.0.\(Int.random(in: 0...99, using: &random))"]
                    .randomElement(using: &random)!,
                version: [.http1_0, .http1_1, .http2].randomElement(using: &random)!,
                trace: [nil, Self.traces[0], Self.traces[1]].randomElement(using: &random)!)
            let written = note(record, by: access, format)
            let made = output(format).format.line(
                time: clock.time.withLock { $0 }, level: "info", message: "request",
                fields: AccessLine.fields(record, path: record.path))
            #expect(written == String(decoding: made, as: UTF8.self))
            if written != String(decoding: made, as: UTF8.self) { return }
        }
    }

    @Test func `a line is what the operator's page shows`() {
        let access = AccessLines()
        for _ in 0..<2 {
            let line = note(record(id: 0x4c1f_0a9b_e3d2_7a55, microseconds: 38), by: access)
            #expect(
                line
                    == #"{"time":"2025-11-20T22:56:00.123Z","level":"info","message":"request","request_id":"4c1f0a9be3d27a55","#
                    + #""method":"GET","path":"/v1/balances","status":"200","bytes":"1184","duration_us":"38","#
                    + #""peer":"127.0.0.1","protocol":"HTTP/1.1"}"#)
        }
    }

    @Test func `a credential that becomes known later is found in a line that was scrubbed before`() {
        let access = AccessLines()
        let record = record(peer: "_caller-key-0123456789")
        for _ in 0..<2 { #expect(note(record, by: access).contains("caller-key-0123456789")) }
        let hold = scrubber.hold(Secret("caller-key-0123456789"))
        for _ in 0..<2 { #expect(note(record, by: access).contains(#""peer":"_[redacted]""#)) }
        scrubber.configure([Secret("/v1/balances")])
        for _ in 0..<2 { #expect(note(record, by: access).contains(#""path":"[redacted]""#)) }
        withExtendedLifetime(hold) {}
    }

    @Test func `a trace's id that is a credential is not shown, also in a line that is written over`() {
        let access = AccessLines()
        let key = "aaaabbbbccccddddeeeeffff00001111"
        for _ in 0..<2 { #expect(note(record(trace: Self.traces[0]), by: access).contains("4bf92f3577b34da6a3ce929d0e0e4736")) }
        scrubber.configure([Secret(key)])
        for _ in 0..<2 {
            #expect(note(record(trace: Self.traces[0]), by: access).contains("4bf92f3577b34da6a3ce929d0e0e4736"))
            #expect(!note(record(trace: Self.traces[1]), by: access).contains(key))
        }
    }

    @Test func `what a caller wrote into a path is not shown, however often it is asked`() {
        let access = AccessLines()
        for _ in 0..<3 {
            let line = note(record(path: "/v1/balances/sk-live-0123456789", status: 404), by: access)
            #expect(line.contains(#""path":"/v1/balances/…""#) && !line.contains("sk-live"))
        }
        #expect(note(record(path: "/" + String(repeating: "v1/", count: 300)), by: access).contains(#""path":"…""#))
    }

    /// A method is any word of a caller's: it may be a key, and scrubbing it cost an event loop seconds.
    @Test(arguments: LogFormat.allCases)
    func `a method that is none of the known ones is not shown, however often it is used`(format: LogFormat) {
        let access = AccessLines()
        for method in ["SK-LIVE-0123456789", "get", String(repeating: "a", count: 4_000)] {
            for _ in 0..<3 {
                let line = note(record(method: method, status: 405), by: access, format)
                #expect(line.contains("_OTHER") && !line.contains(method), "\(line)")
            }
        }
        #expect(note(record(method: "DELETE"), by: access, format).contains("DELETE"))
        #expect(!note(record(method: "", path: "", status: 400), by: access, format).contains("_OTHER"))
    }

    @Test func `each request is counted once, with a line and without`() {
        let access = AccessLines()
        for number in 0..<10 { _ = note(record(id: UInt64(number)), by: access) }
        for _ in 0..<5 { access.note(record(), counts, nil, knownSegments: Self.segments) }
        let totals = counts.totals { $0 }
        #expect(totals.values.map(\.requests) == [15])
        #expect(lines.all.withLock { $0.count } == 10)
    }

    @Test func `kinds that share a place do not share a line`() {
        let access = AccessLines()
        for round in 0..<3 {
            for number in 0..<(4 * AccessLines.places) {
                let line = note(record(id: UInt64(round), peer: "10.0.\(number / 100).\(number)"), by: access)
                #expect(line.contains("\"10.0.\(number / 100).\(number)\""))
            }
        }
    }
}
