import NIOCore
import Synchronization
import Testing

@testable import BursarHTTP

@Suite struct DateCacheTests {
    @Test func `the wall clock is read when its second ends and not before`() {
        let clock = TestWallClock()
        let cache = DateCache(wallClock: clock.read)
        clock.time.withLock { $0 = (100, 900_000_000) }
        let start = NIODeadline.uptimeNanoseconds(1_000_000_000)
        cache.refresh(now: start)
        #expect(String(decoding: cache.bytes, as: UTF8.self) == "Thu, 01 Jan 1970 00:01:40 GMT")
        cache.refresh(now: start + .milliseconds(99))
        #expect(clock.readings.withLock { $0 } == 1)
        clock.time.withLock { $0 = (101, 0) }
        cache.refresh(now: start + .milliseconds(100))
        #expect(String(decoding: cache.bytes, as: UTF8.self) == "Thu, 01 Jan 1970 00:01:41 GMT")
        #expect(clock.readings.withLock { $0 } == 2)
    }

    /// A wall clock that stands where the test puts it. *Mutex.*
    final class TestWallClock: Sendable {
        let time = Mutex<(seconds: Int64, nanoseconds: Int64)>((0, 0))
        let readings = Mutex(0)

        var read: @Sendable () -> (seconds: Int64, nanoseconds: Int64) {
            {
                self.readings.withLock { $0 += 1 }
                return self.time.withLock { $0 }
            }
        }
    }
}
