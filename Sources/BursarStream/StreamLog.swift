import BursarBasics
package import BursarModel
import NIOCore

/// One account as a stream shows it. *Value.*
package struct StreamRow: Equatable, Sendable {
    /// The row's object, as in `/v1/balances`.
    package let json: [UInt8]
    package let status: RowStatus

    package init(json: [UInt8], status: RowStatus) { (self.json, self.status) = (json, status) }
}

/// What one view shows, with the newest change of each account and no older one. *Value.* Pure.
///
/// It is the queue of every subscriber at once: a subscriber is a number, and reads the changes behind it. Whoever is slow skips what a
/// newer change of the same account has overtaken, and costs nothing while it is away. For the same reason a client that comes back
/// with an id of this log misses nothing, however long it was gone.
package struct StreamLog: Sendable {
    /// An account's place. It keeps its place while the log lives, also when the account is gone. *Value.*
    struct Slot: Sendable {
        let id: AccountID
        /// Nil: the account is gone.
        fileprivate(set) var row: StreamRow?
        /// Of its newest change; 0: it is as it was when the log began.
        fileprivate(set) var number: UInt64 = 0
        /// The event of that change up to its row: encoded once, however many read it.
        fileprivate var head: [UInt8] = []
    }

    /// More accounts that went are not remembered: clients then get a snapshot, which says the same.
    static let mostGone = 256

    package let epoch: UInt64
    /// The number of the newest change; 0: there was none.
    package private(set) var newest: UInt64 = 0
    private(set) var slots: [Slot] = []
    /// Ascending. One whose slot has a newer number was overtaken, and is skipped.
    private var changes: [(number: UInt64, slot: Int)] = []
    /// The slots that have a row.
    private var shown: [AccountID: Int] = [:]

    /// - Parameter rows: in configuration order, each account once.
    package init(epoch: UInt64, rows: [(id: AccountID, row: StreamRow)]) {
        self.epoch = epoch
        slots = rows.map { Slot(id: $0.id, row: $0.row) }
        shown = Dictionary(slots.indices.map { (slots[$0].id, $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// Another configuration is in force, or the log was not told of changes for a while: these are the rows now.
    ///
    /// With an account that is new, or in another order, a log begins, and every client gets a snapshot: a change tells no place, and
    /// of two accounts that were added whoever is slow would hear in the order of their changes.
    /// - Parameter epoch: of a new log.
    package mutating func show(_ rows: [(id: AccountID, row: StreamRow)], epoch: @autoclosure () -> UInt64) {
        let wanted = Set(rows.map(\.id))
        let present = slots.indices.filter { slots[$0].row != nil }
        let kept = present.filter { wanted.contains(slots[$0].id) }
        let goneAfter = slots.count - kept.count
        guard goneAfter <= Self.mostGone, kept.map({ slots[$0].id }) == rows.map(\.id) else {
            self = StreamLog(epoch: epoch(), rows: rows)
            return
        }
        for slot in present where !wanted.contains(slots[slot].id) { gone(slot) }
        for (slot, row) in zip(kept, rows) { changed(slot, to: row.row) }
    }

    /// The row of an account as it is now. One that the view does not show is left out.
    /// - Returns: whether that is a change.
    @discardableResult
    package mutating func changed(_ id: AccountID, to row: StreamRow) -> Bool {
        guard let slot = shown[id] else { return false }
        return changed(slot, to: row)
    }

    @discardableResult
    private mutating func changed(_ slot: Int, to row: StreamRow) -> Bool {
        guard slots[slot].row != row else { return false }
        slots[slot].row = row
        tell(slot, "row")
        return true
    }

    private mutating func gone(_ slot: Int) {
        let id = slots[slot].id
        shown[id] = nil
        slots[slot].row = nil
        tell(slot, "gone")
        var json = JSONText(reserving: 64)
        json.object { json in
            json.string("provider", id.provider.name)
            json.string("account", id.account.name)
        }
        slots[slot].head += json.bytes
    }

    private mutating func tell(_ slot: Int, _ event: StaticString) {
        newest += 1
        slots[slot].number = newest
        slots[slot].head = Array("id: \(StreamID(epoch: epoch, number: newest))\nevent: \(event)\ndata: ".utf8)
        changes.append((newest, slot))
        guard changes.count > 2 * slots.count + 64 else { return }
        changes.removeAll { slots[$0.slot].number != $0.number }
    }
}

// MARK: - Reading

extension StreamLog {
    /// Where a client goes on that says what it saw last; nil: it needs a snapshot.
    func resumes(_ id: StreamID) -> UInt64? { id.epoch == epoch && id.number <= newest ? id.number : nil }

    /// Writes the changes behind `number`, oldest first, until the piece is full or no more are there.
    /// - Returns: the number of the last one that was written.
    func write(changesAfter number: UInt64, to piece: inout ByteBuffer, upTo size: Int) -> UInt64 {
        var last = number
        var index = changes.partitioningIndex { $0.number > number }
        while index < changes.count, piece.readableBytes < size {
            let change = changes[index]
            index += 1
            let slot = slots[change.slot]
            guard slot.number == change.number else { continue }
            piece.writeBytes(slot.head)
            if let row = slot.row { piece.writeBytes(row.json) }
            piece.writeStaticString("\n\n")
            last = change.number
        }
        return last
    }
}

extension Array {
    /// The first index of whose element the predicate holds, where it holds for all behind it as well.
    fileprivate func partitioningIndex(_ isBehind: (Element) -> Bool) -> Int {
        var low = 0, high = count
        while low < high {
            let middle = low + (high - low) / 2
            if isBehind(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
