import BursarBasics
import NIOCore

/// Where a produced body stands, whatever protocol carries it: who moves next, how much is still promised, and until when. No I/O and
/// no clock. *Value.*
struct StreamState {
    /// Who moves next. *Value.*
    enum Phase: Equatable {
        /// The connection, by asking the producer as soon as it can write. Leaves to `writing`, `waiting` or `over`.
        case ready
        /// The producer, by waking the connection, or a heartbeat. Leaves to `ready`.
        case waiting
        /// The client, by taking the piece that was written. Leaves to `ready`, or to `over` where it takes nothing.
        case writing
        /// Nobody: complete, failed or cut off.
        case over
    }

    /// What the connection does with a producer's step. *Value.*
    enum Action: Equatable {
        /// Nothing: look at the phase.
        case none
        case write(ByteBuffer)
        /// Writes the end of the body.
        case finish
        /// Cuts the body off so that the client sees it.
        case fail
    }

    /// What has come due. *Value.*
    enum Due: Equatable {
        case nothing
        /// The producer is asked for a heartbeat; the phase is `ready`.
        case heartbeat
        /// The client took nothing for too long; the phase is `over`.
        case stalled
    }

    private(set) var phase = Phase.ready
    /// The last step was `end`, and all that was promised had been written.
    private(set) var isFinished = false
    /// Bytes still promised by a Content-Length; nil: none was sent.
    private var left: Int?
    private let stallTime: TimeAmount
    private let heartbeatInterval: TimeAmount?
    /// When the client last took something, or something was there to take.
    private var movedAt: NIODeadline
    private var nextHeartbeat = NIODeadline.distantFuture

    init(length: Int? = nil, heartbeatInterval: TimeAmount? = nil, stallTime: TimeAmount, now: NIODeadline) {
        left = length
        self.stallTime = stallTime
        self.heartbeatInterval = heartbeatInterval.flatMap { $0 > .zero ? $0 : nil }
        movedAt = now
        nextHeartbeat = heartbeat(after: now)
    }

    /// When `due` will have something to say if nothing happens before.
    var deadline: NIODeadline {
        switch phase {
        case .ready, .writing: min(movedAt + stallTime, nextHeartbeat)
        case .waiting: nextHeartbeat
        case .over: .distantFuture
        }
    }

    /// The producer was asked, in `ready`, and said this.
    mutating func produced(_ step: BodyStep) -> Action {
        switch step {
        case .piece(let piece):
            // Skipped: as a chunk it would end the body.
            guard piece.readableBytes > 0 else { return .none }
            if let promised = left {
                guard piece.readableBytes <= promised else { return fail() }
                left = promised - piece.readableBytes
            }
            phase = .writing
            return .write(piece)
        case .wait:
            phase = .waiting
            return .none
        case .end:
            guard left == nil || left == 0 else { return fail() }
            phase = .over
            isFinished = true
            return .finish
        case .fail: return fail()
        }
    }

    /// The client took a part of the piece.
    mutating func moved(now: NIODeadline) { movedAt = now }

    /// The client took the whole piece.
    mutating func taken(now: NIODeadline) {
        guard phase == .writing else { return }
        (phase, movedAt) = (.ready, now)
    }

    /// The producer may have something.
    /// - Returns: whether it was waited for.
    mutating func woken(now: NIODeadline) -> Bool {
        guard phase == .waiting else { return false }
        (phase, movedAt) = (.ready, now)
        return true
    }

    /// Time has passed.
    mutating func due(now: NIODeadline) -> Due {
        if phase == .ready || phase == .writing, now >= movedAt + stallTime {
            phase = .over
            return .stalled
        }
        guard now >= nextHeartbeat else { return .nothing }
        nextHeartbeat = heartbeat(after: now)
        return woken(now: now) ? .heartbeat : .nothing
    }

    private mutating func fail() -> Action {
        phase = .over
        return .fail
    }

    /// The next multiple of the interval.
    private func heartbeat(after now: NIODeadline) -> NIODeadline {
        guard let interval = heartbeatInterval.map({ UInt64($0.nanoseconds) }) else { return .distantFuture }
        let next = (now.uptimeNanoseconds / interval + 1).multipliedReportingOverflow(by: interval)
        return next.overflow ? .distantFuture : .uptimeNanoseconds(min(next.partialValue, UInt64(Int64.max)))
    }
}
