import NIOCore
import Synchronization
import Testing

@testable import BursarHTTP

@Suite struct DateCacheTests {
    @Test(
        arguments: [
            (0, "Thu, 01 Jan 1970 00:00:00 GMT"), (784_111_777, "Sun, 06 Nov 1994 08:49:37 GMT"),
            (951_782_400, "Tue, 29 Feb 2000 00:00:00 GMT"), (4_107_542_399, "Sun, 28 Feb 2100 23:59:59 GMT"),
            (4_107_542_400, "Mon, 01 Mar 2100 00:00:00 GMT"), (1_795_259_045, "Sat, 21 Nov 2026 11:04:05 GMT"),
            (253_402_300_799, "Fri, 31 Dec 9999 23:59:59 GMT"), (-5, "Thu, 01 Jan 1970 00:00:00 GMT"),
            (Int64.max, "Fri, 31 Dec 9999 23:59:59 GMT")
        ] as [(Int64, String)])
    func `a second of the wall clock is written as an IMF-fixdate`(seconds: Int64, text: String) {
        var bytes = [UInt8](repeating: 0, count: DateCache.length)
        DateCache.write(seconds: seconds, into: &bytes)
        #expect(String(decoding: bytes, as: UTF8.self) == text)
    }

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
