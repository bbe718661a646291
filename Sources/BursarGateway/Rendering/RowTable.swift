import BursarEngine
import BursarModel
import Synchronization

/// The rendered row of each account, made again when its reading changes and not before. *Mutex*; any thread.
final class RowTable: Sendable {
    private struct Slot {
        var row: BalancesDocument.Row?
        /// When it was rendered. By another wall clock its times are not those of this one.
        var at: Moment?
        /// Counts invalidations. A row is kept only if there was none while it was rendered: it may show an older view.
        var generation: UInt64 = 0
    }

    private struct State {
        var slots: [Slot]
        /// Its configuration is no longer in force. Nobody tells it of changes any more, so it keeps nothing.
        var isClosed = false
    }

    private let state: Mutex<State>
    private let rendered = Atomic<Int>(0)

    /// How many rows were ever rendered: a list of thousands renders what changed, which a test wants to see.
    var renderedCount: Int { rendered.load(ordering: .relaxed) }

    init(count: Int) { state = Mutex(State(slots: Array(repeating: Slot(), count: count))) }

    /// The reading behind a row changed.
    func invalidate(_ index: Int) {
        state.withLock { state in
            (state.slots[index].row, state.slots[index].at) = (nil, nil)
            state.slots[index].generation &+= 1
        }
    }

    /// Another configuration is in force. Requests that began with this one go on to render, each for itself.
    func close() {
        state.withLock { state in
            state.isClosed = true
            state.slots = state.slots.map { Slot(row: nil, generation: $0.generation) }
        }
    }

    /// - Parameter make: makes the row of the account's present view; called where no rendered row may still be given.
    func row(_ index: Int, now: Moment, make: (Int) -> BalanceRow) -> BalancesDocument.Row {
        let slot = state.withLock { $0.slots[index] }
        if let kept = slot.row, now.monotonic < kept.validUntil, slot.at.map({ !now.isOtherWall(than: $0) }) ?? true {
            return kept
        }
        let row = BalancesDocument.Row(make(index), now: now)
        rendered.wrappingAdd(1, ordering: .relaxed)
        state.withLock { state in
            guard !state.isClosed, state.slots[index].generation == slot.generation else { return }
            (state.slots[index].row, state.slots[index].at) = (row, now)
        }
        return row
    }
}
