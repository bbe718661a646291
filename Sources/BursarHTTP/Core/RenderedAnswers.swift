import NIOCore

/// Whole HTTP/1.1 answers, head and body, as they are to be written in this second: of one event loop, for all of its
/// connections. Date and Age change once a second, so within it every hit writes the same bytes, and they are shared instead of
/// copied for each. *Event loop.*
///
/// A few places and no table: what is asked a thousand times a second is a handful of answers. Bodies too large to be copied
/// (`PreparedResponse.largestCopiedBody`) are never kept, which bounds this at 64 KiB and their heads.
package final class RenderedAnswers {
    private struct Slot {
        let prepared: PreparedResponse
        let bytes: ByteBuffer
        /// When the date or the age is another one.
        let until: NIODeadline
    }

    static let places = 4

    private var slots: [Slot] = []
    private var next = 0

    package init() {}

    /// The answer for a connection that is kept; nil where it is too large to be copied.
    func bytes(of prepared: PreparedResponse, dates: DateCache, now: NIODeadline) -> ByteBuffer? {
        var place: Int?
        for index in slots.indices where slots[index].prepared === prepared {
            if now < slots[index].until { return slots[index].bytes }
            place = index
        }
        return render(prepared, into: place, dates, now)
    }

    private func render(_ prepared: PreparedResponse, into place: Int?, _ dates: DateCache, _ now: NIODeadline) -> ByteBuffer? {
        guard prepared.restHasBody else { return nil }
        dates.refresh(now: now)
        var bytes = ByteBuffer()
        _ = HTTP1Writer.write(prepared, withBody: true, persistence: .implied, dates: dates, now: now, to: &bytes)
        let nextAge = prepared.age?.nextChange(after: now) ?? .distantFuture
        let slot = Slot(prepared: prepared, bytes: bytes, until: min(dates.nextChange, nextAge))
        if let place {
            slots[place] = slot
        } else if slots.count < Self.places {
            slots.append(slot)
        } else {
            slots[next] = slot
            next = (next + 1) % Self.places
        }
        return bytes
    }
}
