import NIOCore
import Testing

@testable import BursarHTTP

@Suite struct SpareBufferTests {
    @Test func `a buffer is with one connection at a time`() {
        let spare = SpareBuffer()
        var first = ByteBuffer(string: "abc")
        first.clear()
        let capacity = first.capacity
        spare.takeBack(&first)
        #expect(first.capacity == 0)
        var second = ByteBuffer()
        spare.lend(to: &second)
        #expect(second.capacity == capacity)
        var third = ByteBuffer()
        spare.lend(to: &third)
        #expect(third.capacity == 0)
    }

    @Test func `a buffer with bytes in it is never taken`() {
        let spare = SpareBuffer()
        var busy = ByteBuffer(string: "abc")
        spare.takeBack(&busy)
        #expect(String(buffer: busy) == "abc")
        var other = ByteBuffer()
        spare.lend(to: &other)
        #expect(other.capacity == 0)
    }

    @Test func `a buffer that grew large is not kept`() {
        let spare = SpareBuffer()
        var large = ByteBuffer()
        large.reserveCapacity(100_000)
        spare.takeBack(&large)
        #expect(large.capacity == 0)
        spare.lend(to: &large)
        #expect(large.capacity == 0)
    }
}
