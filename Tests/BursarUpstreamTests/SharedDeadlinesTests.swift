import BursarModel
import BursarUpstream
import Synchronization
import Testing

@Suite struct SharedDeadlinesTests {
    private let clock = ManualClock()

    @Test func `deadlines of one step share a timer, and each comes once, early by less than a step`() {
        let deadlines = SharedDeadlines(clock: clock)
        let came = Mutex<[Int]>([])
        for number in 0..<100 {
            _ = deadlines.add(clock.now.monotonic.advanced(by: .milliseconds(1_010 + number / 2))) {
                came.withLock { $0.append(number) }
            }
        }
        #expect(clock.timerCount == 1)
        clock.advance(by: .milliseconds(909))
        #expect(came.withLock { $0.isEmpty })
        clock.advance(by: .milliseconds(101))
        #expect(came.withLock { $0.sorted() } == Array(0..<100))
        clock.advance(by: .seconds(10))
        #expect(came.withLock { $0.count } == 100)
    }

    @Test func `one that is removed does not come, and the last takes the timer with it`() {
        let deadlines = SharedDeadlines(clock: clock)
        let came = Mutex<[Int]>([])
        let places = (0..<3).map { number in
            deadlines.add(clock.now.monotonic.advanced(by: .seconds(2))) { came.withLock { $0.append(number) } }
        }
        deadlines.remove(places[1])
        deadlines.remove(places[1])
        clock.advance(by: .seconds(3))
        #expect(came.withLock { $0.sorted() } == [0, 2])
        deadlines.remove(places[0])

        let last = deadlines.add(clock.now.monotonic.advanced(by: .seconds(2))) {}
        #expect(clock.timerCount == 1)
        deadlines.remove(last)
        #expect(clock.timerCount == 0)
    }

    @Test func `one that has passed already comes at once`() {
        let deadlines = SharedDeadlines(clock: clock)
        let came = Mutex(0)
        _ = deadlines.add(clock.now.monotonic) { came.withLock { $0 += 1 } }
        clock.advance(by: .zero)
        #expect(came.withLock { $0 } == 1)
    }
}
