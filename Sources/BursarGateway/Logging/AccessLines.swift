import BursarHTTP
import BursarModel
import BursarProcess

/// The lines of requests that one event loop has seen, and what counts them. *Event loop;* one for each ``LoopView``, so that it ends
/// with the configuration that says what of a path may be shown.
///
/// A fixed number of places, one for each kind of request: who asks for many things takes others' places, and no more memory.
final class AccessLines {
    /// Requests that look alike. *Event loop.*
    private final class Kind {
        let method: String
        let path: String
        let peer: String
        let status: Int
        let bytes: Int
        let version: HTTPVersion
        let isSecure: Bool
        let cache: CacheUse
        let isTraced: Bool
        let histogram: RequestHistogram
        /// What the scrubber knew when the line passed it.
        let scrubberChanges: UInt64
        /// Nil: it is made each time, or nobody wants one.
        var line: AccessLine?

        init(_ record: RequestRecord, _ histogram: RequestHistogram, _ line: AccessLine?, scrubberChanges: UInt64) {
            (method, path, peer) = (record.method, record.path, record.peer)
            (status, bytes, version) = (record.status, record.bytes, record.version)
            (isSecure, cache, isTraced) = (record.isSecure, record.cache, record.trace != nil)
            self.histogram = histogram
            self.scrubberChanges = scrubberChanges
            self.line = line
        }

        func covers(_ record: RequestRecord) -> Bool {
            status == record.status && bytes == record.bytes && version == record.version && cache == record.cache
                && isSecure == record.isSecure && isTraced == (record.trace != nil) && path == record.path
                && peer == record.peer && method == record.method
        }
    }

    static let places = 64
    /// Longer texts than those of our own routes and of addresses are not worth keeping.
    private static let longestText = 128

    private var kinds: [Kind?] = []
    private var counting: LoopRequests?
    private var time = LogTime()

    /// Counts the request and writes its line.
    /// - Parameters:
    ///   - output: nil: it has no line.
    ///   - knownSegments: what of a path may be shown.
    func note(_ record: RequestRecord, _ counts: RequestCounts, _ output: LogOutput?, knownSegments: Set<Substring>) {
        let place = Self.place(of: record)
        if place < kinds.count, let kind = kinds[place], kind.covers(record) {
            if output.map({ write(record, kind, $0) }) ?? true { return kind.histogram.observe(record.duration) }
        }
        let histogram = requests(counts).histogram(RequestSeries(record))
        histogram.observe(record.duration)
        // Before the scrubbing: what becomes known meanwhile is not in it.
        let changes = output?.scrubber.changes ?? 0
        let path = Self.shown(record.path, knownSegments)
        output?.write(
            level: "info", message: AccessLine.message, fields: AccessLine.fields(record, path: path), isHurried: false)
        // A text that a caller chose is not kept: it may be anything.
        guard path == record.path, path.utf8.count <= Self.longestText, record.peer.utf8.count <= Self.longestText else { return }
        let line = output.flatMap { AccessLine(record, path: path, $0) }
        if line == nil, output != nil { return }
        if kinds.isEmpty { kinds = Array(repeating: nil, count: Self.places) }
        kinds[place] = Kind(record, histogram, line, scrubberChanges: changes)
    }

    /// Where this loop counts.
    func requests(_ counts: RequestCounts) -> LoopRequests {
        if let counting { return counting }
        let new = counts.ofThisLoop()
        counting = new
        return new
    }

    /// - Returns: false where what is known of credentials is another thing now.
    private func write(_ record: RequestRecord, _ kind: Kind, _ output: LogOutput) -> Bool {
        guard kind.line != nil, kind.scrubberChanges == output.scrubber.changes else { return false }
        time.become(output.clock())
        let part = output.format.timePart
        let isWritten = time.bytes.withUnsafeBufferPointer {
            kind.line?.become(record, time: UnsafeBufferPointer(rebasing: $0[part]), output.scrubber) == true
        }
        guard isWritten, let line = kind.line else { return false }
        output.target.write(line.bytes, isHurried: false)
        return true
    }

    private static func place(of record: RequestRecord) -> Int {
        var hash = UInt(bitPattern: record.status) &* 31 &+ UInt(bitPattern: record.bytes)
        hash = hash &* 31 &+ UInt(bitPattern: record.path.utf8.count)
        // What tells addresses apart stands at their end.
        for byte in record.peer.utf8.suffix(3) { hash = hash &* 31 &+ UInt(byte) }
        return Int(truncatingIfNeeded: hash % UInt(places))
    }

    /// A path is the caller's text, and callers paste keys into URLs that no scrubber can know yet: what is none of our words is
    /// shown as `…`.
    private static func shown(_ path: String, _ knownSegments: Set<Substring>) -> String {
        if path.utf8.count > 512 { return "…" }
        return path.split(separator: "/", omittingEmptySubsequences: false).map { segment in
            segment.isEmpty || knownSegments.contains(segment) ? segment : "…"
        }.joined(separator: "/")
    }
}
