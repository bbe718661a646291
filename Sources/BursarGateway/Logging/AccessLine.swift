import BursarBasics
import BursarHTTP
import BursarModel
import BursarProcess
import NIOCore

/// The line of all requests that look alike, in the bytes that it was scrubbed in: what moves from one to the next (time, number,
/// duration) is written over. *Event loop.*
///
/// What moves is digits of our own making, so nothing that was scrubbed once needs it again; a credential that becomes known later
/// does, see ``AccessLines``. A trace's id is a caller's, and looked at each time that it is another one.
struct AccessLine {
    private(set) var bytes: [UInt8]
    private let time: Range<Int>
    private let number: Range<Int>
    private var duration: Range<Int>
    /// How far the trace's id begins from the end; nil: this kind of request has no trace.
    private let traceFromEnd: Int?
    /// The one that stands in the line, and was scrubbed.
    private var writtenTrace: TraceContext?

    /// Nil where the scrubber has something to say about it: such a line is made and scrubbed each time.
    init?(_ record: RequestRecord, path: String, _ output: LogOutput) {
        var fields = AccessLine.fields(record, path: path)
        // The moving ones in their widest and narrowest form.
        fields[0].value = String(repeating: "0", count: 16)
        fields[5].value = "0"
        if record.trace != nil { fields[8].value = String(repeating: "0", count: TraceContext.traceIDLength) }
        let layout = output.format.layout(
            time: WallTime(milliseconds: 0), level: "info", message: AccessLine.message, fields: fields)
        guard output.scrubber.scrub(layout.bytes) == layout.bytes else { return nil }
        bytes = layout.bytes
        (time, number, duration) = (layout.time, layout.values[0], layout.values[5])
        traceFromEnd = record.trace == nil ? nil : layout.bytes.count - layout.values[8].lowerBound
    }

    static let message = "request"

    /// A method is any word of a caller's, so it stands by its label. Empty where no head was read.
    /// - Parameter path: as it is shown.
    static func fields(_ record: RequestRecord, path: String) -> [(name: String, value: String)] {
        let method = record.method.isEmpty ? "" : RequestMethod(record.method).label
        return [
            ("request_id", "\(record.id)"), ("method", method), ("path", path), ("status", "\(record.status)"),
            ("bytes", "\(record.bytes)"), ("duration_us", "\(microseconds(record))"), ("peer", record.peer),
            ("protocol", record.version.text)
        ] + (record.trace.map { [("trace_id", $0.traceID)] } ?? [])
    }

    private static func microseconds(_ record: RequestRecord) -> UInt64 {
        UInt64(clamping: record.duration.nanoseconds / 1_000)
    }

    /// Makes it the line of this request.
    /// - Parameters:
    ///   - time: what stands in a line for it, as long as the one that stands there.
    ///   - scrubber: asked about the trace's id, the only part that moves and is a caller's text.
    /// - Returns: false where it has something to say; the line is as it was.
    mutating func become(_ record: RequestRecord, time text: UnsafeBufferPointer<UInt8>, _ scrubber: ScrubberBox) -> Bool {
        if let traceFromEnd, let context = record.trace, context != writtenTrace {
            guard !scrubber.current.finds(in: Array(context.traceID.utf8)) else { return false }
            bytes.withUnsafeMutableBufferPointer { context.writeTraceID(over: $0, at: $0.count - traceFromEnd) }
            writtenTrace = context
        }
        let duration = AccessLine.microseconds(record)
        let width = AccessLine.digits(duration)
        if width != self.duration.count {
            bytes.replaceSubrange(self.duration, with: repeatElement(0x30, count: width))
            self.duration = self.duration.lowerBound..<(self.duration.lowerBound + width)
        }
        let (time, number, place) = (self.time.lowerBound, self.number.lowerBound, self.duration.upperBound)
        let id = record.id.value
        bytes.withUnsafeMutableBufferPointer { bytes in
            for index in text.indices { bytes[time + index] = text[index] }
            for index in 0..<16 {
                let nibble = UInt8(truncatingIfNeeded: id &>> UInt64(60 - 4 * index)) & 0xF
                bytes[number + index] = nibble < 10 ? 0x30 + nibble : 0x57 + nibble
            }
            var left = duration
            for index in 1...width {
                bytes[place - index] = 0x30 + UInt8(truncatingIfNeeded: left % 10)
                left /= 10
            }
        }
        return true
    }

    private static func digits(_ number: UInt64) -> Int {
        var (left, count) = (number, 1)
        while left >= 10 {
            left /= 10
            count += 1
        }
        return count
    }
}
