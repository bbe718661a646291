import AsyncHTTPClient
import BursarBasics
import BursarModel
import NIOCore
import NIOHTTP1
import Synchronization

/// Gathers a response within its bounds. *Mutex*, taken by the event loop for each part, and by the caller when it ended.
final class ResponseCollector: HTTPClientResponseDelegate {
    typealias Response = UpstreamResponse

    /// Ends a request whose answer needs no more reading; the collector knows the answer.
    struct Enough: Error {}

    private struct State {
        var head: HTTPResponseHead?
        var body: [UInt8] = []
        /// Why no more was read, where that was decided here.
        var fault: TransportFault?
        /// A redirect: its status is all that is wanted.
        var isDone = false
    }

    private let bodyLimit: Int
    private let state = Mutex(State())

    init(bodyLimit: Int) { self.bodyLimit = bodyLimit }

    func didReceiveHead(task: HTTPClient.Task<UpstreamResponse>, _ head: HTTPResponseHead) -> EventLoopFuture<Void> {
        let announced = head.headers.first(name: "content-length").flatMap { parseASCIIDigits($0) } ?? 0
        let goesOn = state.withLock { state in
            state.head = head
            if (300..<400).contains(head.status.code) {
                state.isDone = true
            } else if announced > bodyLimit {
                state.fault = .bodyTooLarge
            }
            return !state.isDone && state.fault == nil
        }
        return goesOn ? task.eventLoop.makeSucceededVoidFuture() : task.eventLoop.makeFailedFuture(Enough())
    }

    func didReceiveBodyPart(task: HTTPClient.Task<UpstreamResponse>, _ buffer: ByteBuffer) -> EventLoopFuture<Void> {
        let goesOn = state.withLock { state in
            guard state.body.count + buffer.readableBytes <= bodyLimit else {
                state.fault = .bodyTooLarge
                state.body = []
                return false
            }
            state.body.append(contentsOf: buffer.readableBytesView)
            return true
        }
        return goesOn ? task.eventLoop.makeSucceededVoidFuture() : task.eventLoop.makeFailedFuture(Enough())
    }

    func didFinishRequest(task: HTTPClient.Task<UpstreamResponse>) throws -> UpstreamResponse {
        try state.withLock { state in
            guard let head = state.head else { throw Enough() }
            return Self.response(head, body: state.body, fault: nil)
        }
    }

    /// What is known when the request ended with an error: a head without its body, or nothing.
    func result(endedBy fault: TransportFault) -> TransportResult {
        state.withLock { state in
            guard let head = state.head else { return .fault(fault) }
            if state.isDone { return .response(Self.response(head, body: [], fault: nil)) }
            return .response(Self.response(head, body: [], fault: state.fault ?? fault.duringBody))
        }
    }

    private static func response(_ head: HTTPResponseHead, body: [UInt8], fault: TransportFault?) -> UpstreamResponse {
        UpstreamResponse(
            status: Int(head.status.code), fields: head.headers.map { ($0.name.lowercased(), $0.value) }, body: body,
            bodyFault: fault)
    }
}
