import BursarModel
import NIOCore

@testable import BursarHTTP

/// The HTTP/1.1 reader: the same requests and the same fault, however the bytes are cut.
func fuzzHTTP1(_ bytes: [UInt8]) {
    let whole = HTTP1Reading(bytes, pieces: bytes.count)
    precondition(whole == HTTP1Reading(bytes, pieces: 1), "reads differently in pieces")
    for head in whole.requests {
        let names = head.headers.map(\.name)
        for name in ["host", "content-length", "transfer-encoding", "authorization"] {
            precondition(names.count { $0 == name } <= 1, "two of \(name)")
        }
        precondition(!(names.contains("content-length") && names.contains("transfer-encoding")), "two framings")
        precondition(head.target == "*" || head.target.hasPrefix("/"), "no origin-form")
    }
}

/// What a connection's bytes amount to. *Value.*
private struct HTTP1Reading: Equatable {
    var requests: [RequestHead] = []
    var bodies: [[UInt8]] = []
    var fault: HeadFault?

    init(_ bytes: [UInt8], pieces: Int) {
        var reader = RequestReader(limits: Limits())
        var buffer = ByteBuffer()
        var offset = 0
        while offset < bytes.count, fault == nil {
            let end = min(bytes.count, offset + max(1, pieces))
            buffer.writeBytes(bytes[offset..<end])
            offset = end
            drain: while true {
                switch reader.next(&buffer) {
                case .more: break drain
                case .expectsContinue: if buffer.readableBytes == 0 { break drain }
                case .request(let head, let body):
                    requests.append(head)
                    bodies.append(body)
                    if buffer.readableBytes == 0 { break drain }
                case .fault(let found):
                    fault = found
                    break drain
                }
            }
        }
    }
}

/// The HTTP/2 session: whatever comes, it answers within its bounds. The first two bytes choose how requests are answered and how
/// large the pieces are; the preface goes in front by itself.
func fuzzHTTP2(_ bytes: [UInt8]) {
    guard bytes.count > 2 else { return }
    let session = HTTP2Session(
        info: ConnectionInfo(peer: "p", listener: "l", scheme: "http"), limits: Limits(), extra: HTTP2Limits(),
        now: .uptimeNanoseconds(0))
    let owner = HTTP2FuzzOwner(session, answer: Int(bytes[0]) % 5)
    session.delegate = owner
    let input = Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8) + bytes[2...]
    let piece = 1 + Int(bytes[1]) * 5
    var index = 0
    while index < input.count, !session.isFinished {
        let end = min(input.count, index + piece)
        input[index..<end].withUnsafeBytes { session.receive($0) }
        index = end
        var isMore = true
        for _ in 0..<100 where isMore {
            var out = ByteBuffer()
            isMore = session.takeOutput(into: &out, bound: 16 * 1024)
            precondition(out.readableBytes <= 70_000, "too much at once")
        }
    }
    precondition(session.openStreams <= 129, "too many streams")
    withExtendedLifetime(owner) {}
}

/// The PROXY header: never longer than what came, and what is incomplete stays incomplete or becomes what the whole is.
func fuzzProxyHeader(_ bytes: [UInt8]) {
    let whole = bytes.withUnsafeBytes(ProxyHeader.read)
    if case .header(let length, let source) = whole {
        precondition(length <= bytes.count, "longer than the input")
        precondition(source.map { AddressRange($0) != nil } ?? true, "the source is no address")
    }
    for length in 0..<min(bytes.count, 300) {
        switch bytes[..<length].withUnsafeBytes(ProxyHeader.read) {
        case .incomplete: break
        case let early: precondition(early == whole, "a part was judged differently")
        }
    }
}

/// Accept-Encoding: one list says what its members say in several fields, and their order means nothing.
func fuzzAcceptEncoding(_ bytes: [UInt8]) {
    let line = String(decoding: bytes, as: UTF8.self)
    for gzipExists in [true, false] {
        let whole = ContentCoding.negotiated([line], gzipExists: gzipExists)
        let members = line.utf8.split(separator: UInt8(ascii: ",")).map { String(Substring($0)) }
        precondition(whole == ContentCoding.negotiated(members, gzipExists: gzipExists), "differs in several fields")
        precondition(whole == ContentCoding.negotiated(members.reversed(), gzipExists: gzipExists), "differs by order")
        precondition(gzipExists || whole != .gzip, "a form that is not there")
    }
}
