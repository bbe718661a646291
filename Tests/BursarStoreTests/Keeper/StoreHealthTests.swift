import BursarEngine
import BursarModel
import Testing

@testable import BursarStore

@Suite struct `When a store is tried again` {
    private func at(_ seconds: Int64) -> MonotonicTime { MonotonicTime(nanoseconds: seconds * 1_000_000_000) }

    @Test func `after 1, 2, 4 … 60 seconds, and told once`() {
        var health = StoreHealth(nil, now: at(0))
        #expect(health.mayTry(at(0)) && health.fault == nil)
        #expect(health.failed(StoreFault(.full), now: at(0)) == .failed(StoreFault(.full)))
        var now: Int64 = 0
        for wait: Int64 in [1, 2, 4, 8, 16, 32, 60, 60, 60] {
            #expect(!health.mayTry(MonotonicTime(nanoseconds: (now + wait) * 1_000_000_000 - 1)))
            now += wait
            #expect(health.mayTry(at(now)))
            #expect(health.failed(StoreFault(.full, code: .database(13)), now: at(now)) == nil, "the same reason is no news")
        }
        #expect(health.failed(StoreFault(.readOnly), now: at(now)) == .failed(StoreFault(.readOnly)))
        #expect(health.worked() == .recovered)
        #expect(health.worked() == nil)
        #expect(health.state == .up)
    }

    @Test(arguments: [StoreReason.corrupt, .gone])
    func `what ends by acting is tried at once, and then as any other`(reason: StoreReason) {
        var health = StoreHealth(nil, now: at(0))
        _ = health.failed(StoreFault(reason), now: at(5))
        #expect(health.mayTry(at(5)))
        _ = health.failed(StoreFault(reason), now: at(5))
        #expect(!health.mayTry(at(5)) && health.mayTry(at(7)))
    }

    @Test func `a store that could not be opened is down from the start`() {
        let health = StoreHealth(StoreFault(.inUse), now: at(0))
        #expect(health.fault?.reason == .inUse && !health.mayTry(at(0)) && health.mayTry(at(1)))
    }

    @Test func `no time traps`() {
        var health = StoreHealth(nil, now: .distantFuture)
        for _ in 0..<3_000 { _ = health.failed(StoreFault(.failed), now: .distantFuture) }
        #expect(health.mayTry(.distantFuture))
    }
}
