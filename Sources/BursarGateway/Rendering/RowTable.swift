import BursarEngine
import BursarModel
import Synchronization

/// The rendered row of each account, made again when its reading changes and not before. *Mutex*; any thread.
final class RowTable: Sendable {
    private struct Slot {
        var row: BalancesDocument.Row?
        /// Counts invalidations: a row that was rendered from a view older than the newest change is not kept.
        var generation: UInt64 = 0
    }

    private let slots: Mutex<[Slot]>
    private let rendered = Atomic<Int>(0)

    /// How many rows were ever rendered: a list of thousands renders what changed, which a test wants to see.
    var renderedCount: Int { rendered.load(ordering: .relaxed) }

    init(count: Int) { slots = Mutex(Array(repeating: Slot(), count: count)) }

    /// The reading behind a row changed.
    func invalidate(_ index: Int) {
        slots.withLock { slots in
            slots[index].row = nil
            slots[index].generation &+= 1
        }
    }

    /// - Parameter make: reads the present view of the account; called where nothing is held that is still true.
    func row(_ index: Int, now: Moment, make: (Int) -> BalanceRow) -> BalancesDocument.Row {
        let (held, generation) = slots.withLock { ($0[index].row, $0[index].generation) }
        if let held, now.monotonic < held.validUntil { return held }
        let row = BalancesDocument.Row(make(index), now: now)
        rendered.wrappingAdd(1, ordering: .relaxed)
        slots.withLock { slots in
            if slots[index].generation == generation { slots[index].row = row }
        }
        return row
    }
}
