import BursarBasics
import NIOCore

@testable import BursarHTTP

extension FuzzTarget {
    /// What a client of HTTP/1.1 sends.
    static let http1 = FuzzTarget(
        "http1", home: "BursarHTTPTests",
        words: [
            "\r\n", "\r\n\r\n", "GET / HTTP/1.1\r\n", "POST ", "HTTP/1.0", "Host: a\r\n", "Content-Length: ",
            "Transfer-Encoding: chunked\r\n", "0\r\n\r\n", "Connection: close\r\n", "Expect: 100-continue\r\n", "Authorization: ",
            "Upgrade: h2c\r\n", "99999999999999999999", "ffffffff", "http://", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
        ],
        seeds: { FuzzTarget.files(ending: ".http", home: "BursarHTTPTests") }, checkHTTP1)
}

/// The same requests and the same fault however the bytes are cut, and never two hosts, lengths or framings.
private func checkHTTP1(_ bytes: [UInt8]) throws(BrokenRule) {
    let whole = HTTP1Reading(bytes) { .max }
    for piece in [1, 7] { try demand(whole == HTTP1Reading(bytes) { piece }, "reads differently in pieces of \(piece)") }
    for head in whole.requests { try demand(head.keepsRules, "a request breaks the rules: \(head)") }
}

/// What a connection's bytes amount to, in a form that can be compared. *Value.*
struct HTTP1Reading: Equatable {
    var requests: [RequestHead] = []
    var bodies: [[UInt8]] = []
    var fault: HeadFault?

    /// Feeds the bytes in pieces of the sizes that `size` gives.
    init(_ bytes: [UInt8], size: () -> Int) {
        var reader = RequestReader(limits: ServerLimits())
        var buffer = ByteBuffer()
        var offset = 0
        while offset < bytes.count, fault == nil {
            let end = offset + min(bytes.count - offset, max(1, size()))
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

extension RequestHead {
    /// Said once more and differently from the parser.
    var keepsRules: Bool {
        let names = headers.map(\.name)
        func once(_ name: String) -> Bool { names.filter { $0 == name }.count <= 1 }
        guard target == "*" || target.hasPrefix("/"), target.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != 0x23 }),
            names.count <= 100, once("host"), once("content-length"), once("transfer-encoding"), once("authorization"),
            version == .http1_0 || names.contains("host"),
            !(names.contains("content-length") && names.contains("transfer-encoding"))
        else { return false }
        return headers.allSatisfy { name, value in
            !name.isEmpty && name.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != 0x3A } && name == name.lowercased()
                && value.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 }
                && !value.hasPrefix(" ") && !value.hasSuffix(" ")
        }
    }
}
