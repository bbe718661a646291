import BursarModel
import BursarStream
import NIOCore
import Synchronization

/// The log of one view, as its subscribers read it. *Mutex*; any thread.
final class StreamChannel: Sendable {
    private struct State {
        var log: StreamLog
        /// What was written last for somebody who was as far as most are.
        var shared: Shared?
    }

    /// A piece that is the same for everyone who is at `place`. *Value.*
    private struct Shared {
        let place: StreamID
        let reaches: UInt64
        let piece: ByteBuffer
    }

    private let state: Mutex<State>

    init(_ rows: [(id: AccountID, row: StreamRow)]) {
        state = Mutex(State(log: StreamLog(epoch: Self.newEpoch(), rows: rows)))
    }

    private static func newEpoch() -> UInt64 { .random(in: 1...UInt64.max) }

    /// Makes all rows anew.
    /// - Returns: whether there is anything to tell.
    func show(_ rows: [(id: AccountID, row: StreamRow)]) -> Bool {
        state.withLock { state in
            let (epoch, newest) = (state.log.epoch, state.log.newest)
            state.log.show(rows, epoch: Self.newEpoch())
            state.shared = nil
            return state.log.epoch != epoch || state.log.newest != newest
        }
    }

    /// - Returns: whether there is anything to tell.
    func changed(_ rows: [(id: AccountID, row: StreamRow)]) -> Bool {
        state.withLock { state in
            var tells = false
            for (id, row) in rows where state.log.changed(id, to: row) { tells = true }
            return tells
        }
    }

    /// What a subscriber is told next; nil where nothing has changed.
    func next(_ cursor: inout StreamCursor, farewell: StreamFarewell?, now: WallTime) -> BodyPiece {
        state.withLock { state in
            if farewell == nil, let place = cursor.place, let shared = state.shared, shared.place == place,
                shared.reaches == state.log.newest
            {
                cursor.told(upTo: shared.reaches)
                return .piece(shared.piece)
            }
            let place = cursor.place
            var piece = ByteBuffer()
            switch cursor.next(state.log, farewell: farewell, now: now, to: &piece) {
            case .wrote:
                if farewell == nil, let place, let reached = cursor.place, reached.epoch == place.epoch,
                    reached.number == state.log.newest
                {
                    state.shared = Shared(place: place, reaches: reached.number, piece: piece)
                }
                return .piece(piece)
            case .nothing: return .nothing
            case .end: return .end
            }
        }
    }

    /// *Value.*
    enum BodyPiece {
        case piece(ByteBuffer)
        case nothing
        case end
    }
}
