import BursarEngine
import BursarModel
import Testing

@testable import BursarStore

@Suite struct `What is to be written` {
    private func pending(_ count: Int = 2) -> PendingWrites {
        var pending = PendingWrites()
        _ = pending.name((0..<count).map { (Samples.key($0), Samples.account("a\($0)")) })
        _ = pending.take()
        return pending
    }

    @Test func `only what the configuration names: a caller's own credential leaves no mark`() {
        var pending = pending()
        let marks = (
            pending.touched(Samples.key(9)),
            pending.readingArrived(Samples.key(9), Samples.reading(), at: Samples.now, number: 1),
            pending.touched(Samples.key(1))
        )
        #expect(marks == (false, false, true))
        #expect(pending.dirty == [Samples.key(1)] && pending.changes.isEmpty)
    }

    @Test func `history has changes, to the digit, and not repetitions`() {
        var pending = pending()
        pending.restored(Samples.key(0), Samples.reading("1.0"))
        for (number, value) in ["1.0", "1.0", "1.00", "1.00", "2", "1.0"].enumerated() {
            _ = pending.readingArrived(
                Samples.key(0), Samples.reading(value), at: Samples.now.advanced(by: .seconds(number)), number: UInt64(number + 1)
            )
        }
        #expect(pending.changes.map { $0.amounts[0].value.description } == ["1.00", "2", "1.0"])
        #expect(pending.changes.map(\.at) == [2, 4, 5].map { Samples.now.advanced(by: .seconds($0)) })
    }

    @Test func `changes that arrive in the wrong order are put down once each`() {
        var pending = pending()
        _ = pending.readingArrived(Samples.key(0), Samples.reading("2"), at: Samples.now, number: 7)
        let isMarked = pending.readingArrived(
            Samples.key(0), Samples.reading("1"), at: Samples.now.advanced(by: .seconds(-1)), number: 6)
        #expect(isMarked)
        _ = pending.readingArrived(Samples.key(0), Samples.reading("2"), at: Samples.now, number: 8)
        #expect(pending.changes.map { $0.amounts[0].value.description } == ["2"])
    }

    @Test func `two accounts with one credential have a history each`() {
        var pending = PendingWrites()
        _ = pending.name([(Samples.key(0), Samples.account("a")), (Samples.key(0), Samples.account("b"))])
        _ = pending.readingArrived(Samples.key(0), Samples.reading(), at: Samples.now, number: 1)
        #expect(pending.changes.map(\.account.account.name) == ["a", "b"])
    }

    @Test func `a store that fails for long costs the oldest changes, counted, and no memory`() {
        var pending = pending()
        for number in 0..<(PendingWrites.mostChanges + 500) {
            _ = pending.readingArrived(Samples.key(0), Samples.reading("\(number)"), at: Samples.now, number: UInt64(number + 1))
            if number % 1_000 == 0 {
                let taken = pending.take()
                pending.putBack(taken)
            }
        }
        #expect(pending.changes.count == PendingWrites.mostChanges && pending.droppedChanges == 500)
        #expect(pending.changes.first?.amounts[0].value.description == "500")
        #expect(pending.dirty.count == 1)
    }

    @Test func `what was named no longer leaves; its running penalty stays without the reading`() throws {
        var pending = pending(3)
        let gone = pending.name([(Samples.key(0), Samples.account("a0"))])
        #expect(Set(gone.keys) == [Samples.key(1), Samples.key(2)])
        pending.markRemoved(Samples.stored(1, Samples.full), Samples.key(1), now: Samples.now)
        pending.markRemoved(Samples.stored(2), Samples.key(2), now: Samples.now)
        pending.markRemoved(Samples.stored(0), Samples.key(0), now: Samples.now)
        #expect(pending.leaving.count == 2)
        let kept = try #require(pending.leaving[Samples.key(1)] ?? nil)
        #expect(kept.snapshot.reading == nil && kept.snapshot.hold == Samples.full.hold && kept.snapshot.calls.count == 2)
        #expect(pending.leaving[Samples.key(2)] == .some(nil))
        // An hour later, nothing of it counts any more.
        pending.markRemoved(Samples.stored(1, Samples.full), Samples.key(1), now: Samples.now.advanced(by: .seconds(3_600)))
        #expect(pending.leaving[Samples.key(1)] == .some(nil))
        // Named again: nothing of it is to be removed.
        _ = pending.name([(Samples.key(1), Samples.account("a1"))])
        #expect(pending.leaving[Samples.key(1)] == nil)
    }

    @Test func `what was seen again confirms the newest change, wherever that is by now`() {
        var pending = pending()
        func time(_ seconds: Int) -> WallTime { Samples.now.advanced(by: .seconds(seconds)) }
        func lands(_ value: String, _ seconds: Int) {
            _ = pending.readingArrived(Samples.key(0), Samples.reading(value), at: time(seconds), number: UInt64(seconds + 1))
        }
        let account = Samples.account("a0")
        pending.restored(Samples.key(0), Samples.reading("5"))
        lands("5", 10)
        lands("4", 20)
        lands("4", 30)
        #expect(pending.confirmed == [account: time(10)])
        #expect(pending.changes.map(\.until) == [time(30)])
        let taken = pending.take()
        lands("4", 40)
        #expect(pending.confirmed == [account: time(40)])
        pending.putBack(taken)
        #expect(pending.confirmed == [account: time(10)])
        #expect(pending.changes.map(\.until) == [time(40)])
        lands("3", 50)
        lands("3", 60)
        #expect(pending.changes.map(\.until) == [time(40), time(60)])
    }
}
