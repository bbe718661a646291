import BursarModel
import Testing

@testable import BursarStream

struct StreamPlanTests {
    private func at(_ seconds: Int64) -> MonotonicTime { MonotonicTime(nanoseconds: seconds * 1_000_000_000) }

    private func fresh(until end: Int64, ttl: Duration = .seconds(30)) -> StreamPlan.Look {
        StreamPlan.Look(status: .fresh, validUntil: at(end), expiresAt: at(end), quietUntil: at(end), ttl: ttl)
    }

    private func stale(quietUntil: Int64? = nil, ttl: Duration = .seconds(30)) -> StreamPlan.Look {
        StreamPlan.Look(
            status: .stale, validUntil: at(9_000), expiresAt: at(0), quietUntil: quietUntil.map { at($0) }, ttl: ttl)
    }

    @Test func `without anybody who watches, nothing is ever due`() {
        var plan = StreamPlan(count: 2)
        plan.changed(0)
        plan.looked(1, fresh(until: 5), now: at(0))
        #expect(plan.next(after: at(10)) == nil)
        #expect(plan.due(at: at(10), most: 9).isEmpty)
    }

    @Test func `a row is looked at when it changes, and when time changes it`() {
        var plan = StreamPlan(count: 3)
        plan.watched([0, 1])
        plan.looked(0, fresh(until: 30), now: at(0))
        plan.looked(1, fresh(until: 40), now: at(0))
        #expect(plan.next(after: at(1)) == at(30))
        plan.changed(1)
        plan.changed(2)
        #expect(plan.next(after: at(2)) == at(2))
        #expect(plan.due(at: at(2), most: 9) == [StreamPlan.Due(position: 1, asks: false, isChanged: true)])
        plan.looked(1, fresh(until: 32), now: at(2))
        #expect(plan.due(at: at(31), most: 9) == [StreamPlan.Due(position: 0, asks: false, isChanged: false)])
        plan.watched([0, 1], by: -1)
        #expect(plan.next(after: at(31)) == nil)
    }

    @Test func `whoever wants it fresh has the provider asked when the ttl is over, and not before`() {
        var plan = StreamPlan(count: 1)
        plan.watched([0])
        plan.asked([0])
        plan.looked(0, fresh(until: 30), now: at(0))
        #expect(plan.due(at: at(29), most: 9).isEmpty)
        #expect(plan.due(at: at(30), most: 9) == [StreamPlan.Due(position: 0, asks: true, isChanged: false)])
        // The call is under way; nothing told anything yet.
        plan.looked(0, stale(), now: at(30))
        #expect(plan.next(after: at(30)) == at(60))
        plan.changed(0)
        #expect(plan.due(at: at(31), most: 9) == [StreamPlan.Due(position: 0, asks: false, isChanged: true)])
        plan.looked(0, fresh(until: 61), now: at(31))
        #expect(plan.next(after: at(31)) == at(61))
        plan.asked([0], by: -1)
        #expect(plan.due(at: at(61), most: 9) == [StreamPlan.Due(position: 0, asks: false, isChanged: false)])
    }

    @Test func `a stale row is asked for at once, and while something forbids it when that ends`() {
        var plan = StreamPlan(count: 1)
        plan.watched([0])
        plan.asked([0])
        plan.looked(0, stale(), now: at(100))
        #expect(plan.due(at: at(100), most: 9).map(\.asks) == [true])
        plan.looked(0, stale(quietUntil: 102), now: at(100))
        #expect(plan.next(after: at(100)) == at(102))
        #expect(plan.due(at: at(102), most: 9).map(\.asks) == [true])
        // A hold stays in the view when it has ended: then the ttl is the pause.
        plan.looked(0, stale(quietUntil: 102), now: at(102))
        #expect(plan.next(after: at(102)) == at(132))
    }

    @Test func `a ttl of next to nothing does not become a loop`() {
        var plan = StreamPlan(count: 1)
        plan.watched([0])
        plan.asked([0])
        plan.looked(0, stale(ttl: .zero), now: at(0))
        #expect(plan.due(at: at(0), most: 9).map(\.asks) == [true])
        plan.looked(0, stale(ttl: .zero), now: at(0))
        #expect(plan.next(after: at(0)) == at(1))
    }

    @Test func `a turn takes so many and leaves the rest`() {
        var plan = StreamPlan(count: 10)
        plan.watched(Array(0..<10))
        for position in 0..<10 { plan.changed(position) }
        #expect(plan.due(at: at(0), most: 4).map(\.position) == [0, 1, 2, 3])
        #expect(plan.next(after: at(0)) == at(0))
        #expect(plan.due(at: at(0), most: 99).count == 6)
    }
}
