import BursarBasics
import NIOCore

@testable import BursarHTTP

extension FuzzTarget {
    /// What a client of HTTP/2 sends behind the preface. The first two bytes choose how requests are answered and how large the
    /// pieces are.
    static let http2 = FuzzTarget("http2", home: "BursarHTTPTests") { bytes throws(BrokenRule) in
        guard bytes.count > 2 else { return }
        let piece = 1 + Int(bytes[1]) * 5
        try HTTP2Play.play(HTTP2Play.preface + bytes[2...], answer: Int(bytes[0]) % 5) { piece }
    }
}

/// Plays input to a session: whatever comes, it answers within its bounds. *Stateless.*
enum HTTP2Play {
    static let preface = Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8)

    static func play(_ bytes: [UInt8], answer: Int, pieces: () -> Int) throws(BrokenRule) {
        let session = HTTP2Session(
            info: ConnectionInfo(peer: .unix(userID: nil), listener: "l", scheme: "http"), limits: ServerLimits(),
            extra: HTTP2Limits(),
            now: .uptimeNanoseconds(0))
        let owner = HTTP2FuzzOwner(session, answer: answer)
        session.delegate = owner
        var index = 0
        while index < bytes.count, !session.isFinished {
            let end = min(bytes.count, index + pieces())
            bytes[index..<end].withUnsafeBytes { session.receive($0) }
            index = end
            var isMore = true
            for _ in 0..<100 where isMore {
                var out = ByteBuffer()
                isMore = session.takeOutput(into: &out, bound: 16 * 1024)
                try demand(out.readableBytes <= 70_000, "\(out.readableBytes) bytes of output at once")
            }
        }
        try demand(session.openStreams <= 129, "\(session.openStreams) open streams")
        withExtendedLifetime(owner) {}
    }
}
