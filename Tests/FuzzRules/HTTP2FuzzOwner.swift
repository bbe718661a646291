import BursarBasics
import CNghttp2
import NIOCore

@testable import BursarHTTP

/// Answers in one of a few ways, so that outputs of all kinds are under way while the input goes wrong. *One thread.*
final class HTTP2FuzzOwner: HTTP2SessionDelegate {
    private let session: HTTP2Session
    private let answer: Int
    private let date = Array(repeating: UInt8(ascii: "d"), count: 29)
    private static let small = HTTP2PreparedFields.whole(Response(status: 200, text: "small"))
    private static let large = HTTP2PreparedFields.whole(
        Response(status: 200, bytes: Array(repeating: 1, count: 200_000)))

    init(_ session: HTTP2Session, answer: Int) { (self.session, self.answer) = (session, answer) }

    func requestArrived(_ request: Request, on stream: HTTP2Stream, known: HTTP2KnownHead?) {
        switch answer {
        case 0: session.submit(Self.small.0, body: Self.small.body, date: date, age: nil, on: stream)
        case 1: session.submit(Self.large.0, body: Self.large.body, date: date, age: 5, on: stream)
        case 2: session.reset(stream, NGHTTP2_INTERNAL_ERROR)
        case 3:
            let body = PulledBody(false) { isBroken -> BodyStep in
                defer { isBroken = true }
                return isBroken ? .fail : .piece(ByteBuffer(string: "bro"))
            }
            stream.streamed = StreamedBody(body, stallTime: .seconds(30), now: session.now)
            session.submit(Self.small.0, body: Self.small.body, date: date, age: 1, on: stream)
        default: break
        }
    }
    func requestRefused(_ refusal: HTTP2RequestHead.Refusal, on stream: HTTP2Stream) {
        session.submit(Self.small.0, body: Self.small.body, date: date, age: nil, on: stream)
    }
    func bodyAwaited(on stream: HTTP2Stream) {}
    func streamClosed(_ stream: HTTP2Stream, errorCode: UInt32) {}
    func pingAcknowledged() {}
    func floodStopped(_ flood: HTTP2FrameMeter.Flood) {}
    func protocolBroken() {}
}
