import NIOCore

/// One write buffer that an event loop's HTTP/1.1 connections take in turn. An idle connection keeps none, and most are idle; a busy one
/// writes into memory still in the cache. It is handed over, never shared: two connections cannot see each other's bytes. *Event loop.*
package final class SpareBuffer {
    private var buffer = ByteBuffer()

    /// A buffer that grew beyond this for a large answer is given back to the system instead.
    private static let mostKept = 64 * 1024

    package init() {}

    /// Gives the buffer to a connection that has none.
    func lend(to other: inout ByteBuffer) {
        if other.capacity == 0 { swap(&buffer, &other) }
    }

    /// Takes an empty buffer back.
    func takeBack(_ other: inout ByteBuffer) {
        guard other.capacity > 0, other.readableBytes == 0 else { return }
        if buffer.capacity == 0, other.capacity <= Self.mostKept {
            swap(&buffer, &other)
        } else {
            other = ByteBuffer()
        }
    }
}
