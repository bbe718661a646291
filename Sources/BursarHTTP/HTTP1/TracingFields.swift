import BursarBasics

import Glibc

/// The fields with which tracing makes every request head differ from the last. No answer that is repeated depends on them: they
/// are for logs and for whoever is asked next. *Pure.*
enum TracingFields {
    /// W3C Trace Context, and what proxies and meshes used before it.
    private static let names: [StaticString] = [
        "traceparent", "tracestate", "x-request-id", "x-correlation-id", "request-id", "x-amzn-trace-id", "x-cloud-trace-context",
        "b3",
        "x-b3-traceid", "x-b3-spanid"
    ]

    /// More of them in one head are not worth a look.
    static let most = 4

    /// Where their values stand.
    /// - Parameter head: one that the parser took.
    static func values(in head: UnsafeRawBufferPointer) -> [Range<Int>] {
        guard let base = head.baseAddress else { return [] }
        var found: [Range<Int>] = []
        var start = 0
        while found.count < most, let feed = memchr(base + start, 0x0A, head.count - start) {
            let end = UnsafeRawPointer(feed) - base
            let line = UnsafeBufferPointer(rebasing: head.assumingMemoryBound(to: UInt8.self)[start..<end])
            if let colon = line.firstIndex(of: 0x3A), isTracing(UnsafeBufferPointer(rebasing: line[..<colon])) {
                let value = start + colon + 1
                found.append(value..<ByteSet.endOfValue(head, from: value))
            }
            start = end + 1
        }
        return found
    }

    /// Which of these values is that of `traceparent`; nil where none is, or several are: nobody could say which one is meant.
    static func onlyTraceparent(in head: UnsafeRawBufferPointer, values: [Range<Int>]) -> Int? {
        let name = TraceContext.fieldName.utf8.count
        let bytes = UnsafeBufferPointer(rebasing: head.assumingMemoryBound(to: UInt8.self)[...])
        let places = values.indices.filter { index in
            // The byte before a value is its colon.
            let end = values[index].lowerBound - 1
            guard end > name, bytes[end - name - 1] == 0x0A else { return false }
            return UnsafeBufferPointer(rebasing: bytes[(end - name)..<end]).equalsLowered("traceparent")
        }
        return places.count == 1 ? places.first : nil
    }

    private static func isTracing(_ name: UnsafeBufferPointer<UInt8>) -> Bool { names.contains { name.equalsLowered($0) } }
}
