package import NIOCore
import NIOPosix

/// The event loop that calls to providers live on, and all timers of the gateway's clock. *Any thread.*
///
/// It is not one of those that callers' connections live on. What a call waits for, a connection that stands or an answer that came, would
/// queue there behind the requests of a crowd that waits for that very call. Timers are nearly always taken back, and for that an event loop
/// searches all that it has: one for each connection, on the others. One thread is enough: a call is some small reads and writes, and nobody
/// makes thousands of them a second.
package enum CallLoop {
    /// Never shut down: it is the process's, like NIO's own.
    package static let group: any EventLoopGroup = MultiThreadedEventLoopGroup(numberOfThreads: 1)
}
