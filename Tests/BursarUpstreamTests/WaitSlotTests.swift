import BursarModel
import Testing

@testable import BursarUpstream

@Suite struct WaitSlotTests {
    @Test func `the first resolution wins, before and after the wait begins`() async {
        let early = WaitSlot()
        early.resolve(.left)
        early.resolve(.closed)
        #expect(await early.value().isLeft)

        let late = WaitSlot()
        let waiter = Task { await late.value() }
        await withTaskGroup { group in
            for _ in 0..<100 { group.addTask { late.resolve(.left) } }
        }
        #expect(await waiter.value.isLeft)
        #expect(late.isResolved)
    }
}

extension WaitSlot.Resolution {
    fileprivate var isLeft: Bool {
        if case .left = self { true } else { false }
    }
}
