package import BursarModel
package import NIOCore

/// Why the gateway ends a stream. *Value.*
package enum StreamFarewell: String, Sendable {
    /// It stops.
    case draining
    /// The client's token is not, or no longer, good for this.
    case credential
}

/// How far one subscriber has read, and so what it is told next. *Value.* Pure.
package struct StreamCursor: Sendable {
    private enum Phase {
        /// Nothing was said. Leaves to `snapshot`, or to `following` where the client has seen this log.
        case opening(StreamID?)
        /// Within a snapshot, which may take several pieces. Leaves to `following`, or to `over` where its log has ended meanwhile.
        case snapshot(Snapshot)
        /// It has seen this log up to a number. Leaves to `snapshot` where another log has taken its place.
        case following(StreamID)
        /// Everything was said.
        case over
    }

    private struct Snapshot {
        let epoch: UInt64
        /// Rows that changed since are in it as they are when they are written, and are told again behind it.
        let number: UInt64
        var slot = 0
        var counts: [RowStatus: Int] = [:]
        var total = 0
    }

    /// Some 16 KiB at a time (`BodyStep.piece`).
    package static let pieceSize = 16 * 1024

    /// What one step came to. *Value.*
    package enum Step: Equatable, Sendable {
        /// The piece has something.
        case wrote
        /// Nothing has changed.
        case nothing
        /// No more comes.
        case end
    }

    private var phase: Phase
    /// After how many milliseconds a client tries again: told once, at the beginning.
    private let retry: Int

    /// - Parameter lastEventID: what the client saw last.
    package init(lastEventID: StreamID?, retry: Int) {
        phase = .opening(lastEventID)
        self.retry = retry
    }

    /// What of the log this subscriber wants to read, where that is all it wants: such a piece is the same for everyone at that place.
    package var place: StreamID? {
        if case .following(let seen) = phase { seen } else { nil }
    }

    /// Somebody else at the same ``place`` was told everything up to this.
    package mutating func told(upTo number: UInt64) {
        if case .following(let seen) = phase { phase = .following(StreamID(epoch: seen.epoch, number: number)) }
    }

    /// Writes what comes next.
    package mutating func next(_ log: StreamLog, farewell: StreamFarewell?, now: WallTime, to piece: inout ByteBuffer) -> Step {
        if let farewell, let step = leave(farewell, &piece) { return step }
        switch phase {
        case .opening(let id):
            piece.writeString("retry: \(retry)\n")
            guard let seen = id.flatMap({ log.resumes($0) }) else { return begin(log, now, &piece) }
            // At once something: a proxy, and a browser's `open` event, wait for the first byte of the body.
            piece.writeStaticString(": resumed\n\n")
            return follow(log, seen, &piece)
        case .snapshot(let snapshot): return goOn(with: snapshot, log, &piece)
        case .following(let seen):
            guard seen.epoch == log.epoch else { return begin(log, now, &piece) }
            return follow(log, seen.number, &piece)
        case .over: return .end
        }
    }

    /// Nil: something has to be finished first.
    private mutating func leave(_ farewell: StreamFarewell, _ piece: inout ByteBuffer) -> Step? {
        switch phase {
        case .over: return .end
        case .snapshot:
            // Behind half an event nothing can be said. What has no end is dropped by the client.
            if farewell == .draining { return nil }
            phase = .over
            return .end
        case .opening: piece.writeString("retry: \(retry)\n")
        case .following: break
        }
        piece.writeString("event: bye\ndata: {\"reason\":\"\(farewell.rawValue)\"}\n\n")
        phase = .over
        return .wrote
    }

    private mutating func follow(_ log: StreamLog, _ seen: UInt64, _ piece: inout ByteBuffer) -> Step {
        let last = log.write(changesAfter: seen, to: &piece, upTo: Self.pieceSize)
        phase = .following(StreamID(epoch: log.epoch, number: last))
        return piece.readableBytes > 0 ? .wrote : .nothing
    }

    private mutating func begin(_ log: StreamLog, _ now: WallTime, _ piece: inout ByteBuffer) -> Step {
        piece.writeString("id: \(StreamID(epoch: log.epoch, number: log.newest))\nevent: snapshot\ndata: ")
        piece.writeString("{\"schema\":\"bursar.balances.v1\",\"generated_at\":\"\(now.rfc3339)\",\"balances\":[")
        return goOn(with: Snapshot(epoch: log.epoch, number: log.newest), log, &piece)
    }

    private mutating func goOn(with snapshot: Snapshot, _ log: StreamLog, _ piece: inout ByteBuffer) -> Step {
        guard snapshot.epoch == log.epoch else {
            // Its rows are nobody's any more. The client comes back and gets a whole one.
            phase = .over
            return .end
        }
        var snapshot = snapshot
        while snapshot.slot < log.slots.count, piece.readableBytes < Self.pieceSize {
            let row = log.slots[snapshot.slot].row
            snapshot.slot += 1
            guard let row else { continue }
            if snapshot.total > 0 { piece.writeStaticString(",") }
            piece.writeBytes(row.json)
            snapshot.total += 1
            snapshot.counts[row.status, default: 0] += 1
        }
        guard snapshot.slot == log.slots.count else {
            phase = .snapshot(snapshot)
            return .wrote
        }
        let isComplete = snapshot.counts[.unavailable] == nil
        let counts = RowStatus.allCases.map { ",\"\($0.rawValue)\":\(snapshot.counts[$0] ?? 0)" }.joined()
        piece.writeString("],\"complete\":\(isComplete),\"summary\":{\"accounts\":\(snapshot.total)\(counts)}}\n\n")
        phase = .following(StreamID(epoch: snapshot.epoch, number: snapshot.number))
        return .wrote
    }
}
