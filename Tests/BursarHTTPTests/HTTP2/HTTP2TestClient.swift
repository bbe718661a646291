import CNghttp2
import NIOCore

@testable import FuzzRules

/// Writes HTTP/2 frames byte by byte, right or wrong, and reads what a server answers: what a client library would refuse to
/// send is what most of these tests are about. *Value, but for the decoder's table.*
final class HTTP2TestClient {
    static let preface: [UInt8] = Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8)

    struct Frame: Equatable {
        var type: UInt8
        var flags: UInt8
        var stream: Int32
        var payload: [UInt8]

        var endsStream: Bool { (type == 0 || type == 1) && flags & 1 != 0 }
    }

    /// All that was answered so far.
    private(set) var frames: [Frame] = []
    /// How many of them were the last of their stream.
    private(set) var endedStreams = 0
    private var unread: [UInt8] = []
    private var inflater: OpaquePointer?

    init() { nghttp2_hd_inflate_new(&inflater) }
    deinit { nghttp2_hd_inflate_del(inflater) }

    // MARK: writing

    static func frame(_ type: UInt8, flags: UInt8 = 0, stream: Int32 = 0, _ payload: [UInt8] = []) -> [UInt8] {
        let count = payload.count
        let id = UInt32(bitPattern: stream)
        return [UInt8(count >> 16 & 0xFF), UInt8(count >> 8 & 0xFF), UInt8(count & 0xFF), type, flags]
            + [UInt8(id >> 24 & 0xFF), UInt8(id >> 16 & 0xFF), UInt8(id >> 8 & 0xFF), UInt8(id & 0xFF)] + payload
    }

    /// The preface and empty SETTINGS.
    static var hello: [UInt8] { preface + frame(4) }

    /// Every field as a literal with a new name, never indexed: the plainest of HPACK's forms.
    static func block(_ fields: [(String, String)]) -> [UInt8] {
        func string(_ text: String) -> [UInt8] {
            let bytes = Array(text.utf8)
            if bytes.count < 127 { return [UInt8(bytes.count)] + bytes }
            var rest = bytes.count - 127
            var out: [UInt8] = [127]
            while rest >= 128 {
                out.append(UInt8(rest & 127 | 128))
                rest >>= 7
            }
            return out + [UInt8(rest)] + bytes
        }
        return fields.flatMap { [0x10] + string($0.0) + string($0.1) }
    }

    static func requestFields(
        _ method: String = "GET", _ path: String = "/", authority: String = "localhost", more: [(String, String)] = []
    ) -> [(String, String)] {
        [(":method", method), (":scheme", "http"), (":authority", authority), (":path", path)] + more
    }

    static func headers(_ stream: Int32, _ fields: [(String, String)], endStream: Bool = true) -> [UInt8] {
        frame(1, flags: endStream ? 5 : 4, stream: stream, block(fields))
    }

    static func get(_ stream: Int32, _ path: String = "/", more: [(String, String)] = []) -> [UInt8] {
        headers(stream, requestFields("GET", path, more: more))
    }

    static func data(_ stream: Int32, _ bytes: [UInt8], endStream: Bool) -> [UInt8] {
        frame(0, flags: endStream ? 1 : 0, stream: stream, bytes)
    }

    static func windowUpdate(_ stream: Int32, _ count: UInt32) -> [UInt8] {
        frame(8, stream: stream, [UInt8(count >> 24), UInt8(count >> 16 & 255), UInt8(count >> 8 & 255), UInt8(count & 255)])
    }

    static func reset(_ stream: Int32, _ code: UInt8 = 8) -> [UInt8] { frame(3, stream: stream, [0, 0, 0, code]) }

    static func ping(_ flags: UInt8 = 0) -> [UInt8] { frame(6, flags: flags, [0, 0, 0, 0, 0, 0, 0, 0]) }

    // MARK: reading

    func receive(_ bytes: some Sequence<UInt8>) {
        unread += bytes
        while unread.count >= 9 {
            let length = Int(unread[0]) << 16 | Int(unread[1]) << 8 | Int(unread[2])
            guard unread.count >= 9 + length else { return }
            let stream = unread[5..<9].reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
            frames.append(
                Frame(
                    type: unread[3], flags: unread[4], stream: Int32(bitPattern: stream), payload: Array(unread[9..<9 + length])))
            if let frame = frames.last, frame.endsStream { endedStreams += 1 }
            if let frame = frames.last, frame.type == 1 { decoded.append((frame.stream, fields(of: frame.payload))) }
            unread.removeFirst(9 + length)
        }
    }

    private(set) var decoded: [(stream: Int32, fields: [String: String])] = []

    private func fields(of block: [UInt8]) -> [String: String] {
        Dictionary(HTTP2FieldBlock.read(block, inflater) ?? [], uniquingKeysWith: { $1 })
    }

    func fields(_ stream: Int32) -> [String: String]? { decoded.last { $0.stream == stream }?.fields }
    func status(_ stream: Int32) -> String? { fields(stream)?[":status"] }
    func body(_ stream: Int32) -> [UInt8] { frames.filter { $0.type == 0 && $0.stream == stream }.flatMap(\.payload) }
    func text(_ stream: Int32) -> String { String(decoding: body(stream), as: UTF8.self) }
    func isComplete(_ stream: Int32) -> Bool { frames.contains { $0.stream == stream && $0.endsStream } }
    func resetCode(_ stream: Int32) -> UInt8? { frames.first { $0.type == 3 && $0.stream == stream }?.payload.last }
    func count(_ type: UInt8) -> Int { frames.count { $0.type == type } }

    /// The last stream and the error code of each GOAWAY.
    var goaways: [(last: UInt32, code: UInt32)] {
        frames.filter { $0.type == 7 }.map { frame in
            func number(_ range: Range<Int>) -> UInt32 { frame.payload[range].reduce(0) { $0 << 8 | UInt32($1) } }
            return (number(0..<4), number(4..<8))
        }
    }
}
