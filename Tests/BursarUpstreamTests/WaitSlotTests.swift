import BursarModel
import Synchronization
import Testing

@testable import BursarUpstream

@Suite struct WaitSlotTests {
    @Test func `the first resolution wins, before and after the wait begins`() async {
        let early = WaitSlot()
        early.resolve(.left)
        early.resolve(.closed)
        let woken = Woken()
        early.whenResolved(woken.wake)
        #expect(woken.by.map(\.isLeft) == [true])

        let late = WaitSlot()
        let wokenLate = Woken()
        late.whenResolved(wokenLate.wake)
        #expect(wokenLate.by.isEmpty)
        await withTaskGroup { group in
            for _ in 0..<100 { group.addTask { late.resolve(.left) } }
        }
        #expect(wokenLate.by.map(\.isLeft) == [true])
        #expect(late.isResolved)
    }
}

/// What woke a waiter, each time. *Mutex; any thread.*
private final class Woken: Sendable {
    private let resolutions = Mutex<[WaitSlot.Resolution]>([])

    var by: [WaitSlot.Resolution] { resolutions.withLock { $0 } }
    func wake(_ resolution: WaitSlot.Resolution) { resolutions.withLock { $0.append(resolution) } }
}

extension WaitSlot.Resolution {
    fileprivate var isLeft: Bool {
        if case .left = self { true } else { false }
    }
}
