package import NIOCore
import Synchronization

/// What a producer has for its connection. *Value.*
package enum BodyStep: Sendable {
    /// The next bytes of the body; an empty piece is skipped. All of it is held until the client has taken it: some 16 KiB is a
    /// good size.
    case piece(ByteBuffer)
    /// Nothing yet: the connection asks again after `BodyWaker.wake()`.
    case wait
    /// The body is complete.
    case end
    /// The body cannot be completed, and the client must see that: an HTTP/2 stream is reset, an HTTP/1.1 connection is closed
    /// without the end of the body. As the very first step: over HTTP/1 nothing is answered at all; over HTTP/2 the head has gone
    /// out before the body is asked for.
    case fail
}

/// Makes the body of one response piece by piece, while the client reads it: an event stream. `Response.producer` carries it; the
/// connection frames it (chunked, DATA, until close) and never holds more than one piece.
///
/// All methods are called on the connection's event loop, one at a time, and must not block: what takes longer is done
/// elsewhere and announced with `BodyWaker.wake()`. The order is `begin`, then `next`, `heartbeat` and `drain` as needed, then
/// `ended` exactly once. Where no body is sent (HEAD, or the client left before) not even `begin` is called, so a producer
/// takes what must be given back (a subscription, a place) in `begin`.
///
/// A client that takes nothing for `ServerLimits.writeStallTime` while a piece is on its way is cut off. Waiting for `wake()` has no limit.
package protocol BodyProducer: AnyObject, Sendable {
    /// Where given, exactly so many bytes are sent, with a Content-Length; a body that ends earlier or later counts as failed.
    var length: Int? { get }
    /// How often `heartbeat` is asked for; nil: never. Heartbeats fall on multiples of it, so all streams of a loop share a wake-up.
    var heartbeatInterval: TimeAmount? { get }
    /// The body is wanted. `waker` may be kept until `ended`, and used from any thread.
    func begin(_ waker: BodyWaker)
    /// The client can take more.
    func next() -> BodyStep
    /// What to say while `next` has nothing (a comment that keeps proxies from closing). Only asked while the producer waits.
    func heartbeat() -> ByteBuffer?
    /// The server shuts down and asks again now. A last piece may follow; without an `end` the connection is closed at the
    /// drain's deadline.
    func drain()
    /// Nothing more is asked. False where the client left, stalled or was cut off, or the producer failed.
    func ended(isComplete: Bool)
}

extension BodyProducer {
    package var length: Int? { nil }
    package var heartbeatInterval: TimeAmount? { nil }
    package func heartbeat() -> ByteBuffer? { nil }
    package func drain() {}
}

/// Has a connection ask its producer again. Calls made before the connection has asked are merged into one turn of the loop.
/// *Atomic: any thread.*
package final class BodyWaker: Sendable {
    private let isCalled = Atomic<Bool>(false)
    private let loop: any EventLoop
    private let ask: @Sendable () -> Void

    /// - Parameter ask: called on `loop`.
    init(on loop: any EventLoop, _ ask: @escaping @Sendable () -> Void) { (self.loop, self.ask) = (loop, ask) }

    /// Call it after what `next()` reads has changed.
    package func wake() {
        guard !isCalled.exchange(true, ordering: .acquiringAndReleasing) else { return }
        loop.execute {
            // First: what changes while the producer is asked wakes anew.
            _ = self.isCalled.exchange(false, ordering: .acquiringAndReleasing)
            self.ask()
        }
    }
}
