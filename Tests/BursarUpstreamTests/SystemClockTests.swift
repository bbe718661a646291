import BursarBasics
import BursarModel
import BursarUpstream
import NIOPosix
import Testing

@Suite struct SystemClockTests {
    private let clock = SystemClock(eventLoopGroup: MultiThreadedEventLoopGroup.singleton)

    @Test func `the monotonic clock never goes back, and the wall clock is of this century`() {
        var last = clock.now
        for _ in 0..<1_000 {
            let now = clock.now
            #expect(now.monotonic >= last.monotonic)
            last = now
        }
        #expect(CivilTime(last.wall).year >= 2_026 && CivilTime(last.wall).year < 2_100)
    }

    @Test func `work in the past runs at once, cancelled work never`() async {
        await withCheckedContinuation { continuation in
            let cancelled = clock.schedule(at: clock.now.monotonic.advanced(by: .seconds(60))) { Issue.record("was cancelled") }
            cancelled.cancel()
            _ = clock.schedule(at: MonotonicTime(nanoseconds: 0)) { continuation.resume() }
        }
    }
}
