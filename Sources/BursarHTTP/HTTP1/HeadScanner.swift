import Glibc

/// Finds the end of a request head in bytes that arrive piece by piece, looking at each byte once. *Value.*
///
/// It stops at the first LF that no CR precedes: waiting for CR LF CR LF in a head that will never have one would end in a
/// timeout instead of an answer.
struct HeadScanner {
    enum Result: Equatable {
        case incomplete
        /// So many bytes, the empty line included.
        case complete(Int)
        case fault(HeadFault)
    }

    /// Bytes already looked at.
    private var scanned = 0
    /// Where the current line begins.
    private var lineStart = 0

    /// Nothing of a head has been looked at.
    var isAtStart: Bool { scanned == 0 }

    mutating func scan(_ bytes: UnsafeRawBufferPointer, limit: Int) -> Result {
        guard let base = bytes.baseAddress else { return .incomplete }
        while scanned < bytes.count {
            guard let found = memchr(base + scanned, 0x0A, bytes.count - scanned) else {
                scanned = bytes.count
                break
            }
            let index = UnsafeRawPointer(found) - base
            // Before anything else is said of it: in smaller pieces, this byte would not be seen.
            guard index < limit else { return .fault(tooLong(bytes, limit)) }
            guard index > lineStart, bytes[index - 1] == 0x0D else { return .fault(.bareLineFeed) }
            scanned = index + 1
            if index - 1 == lineStart, lineStart > 0 { return .complete(scanned) }
            lineStart = scanned
        }
        return bytes.count > limit ? .fault(tooLong(bytes, limit)) : .incomplete
    }

    /// What passed the limit. Of a request line, a target is told by its own status (RFC 9112 3).
    private func tooLong(_ bytes: UnsafeRawBufferPointer, _ limit: Int) -> HeadFault {
        guard lineStart == 0 else { return .headTooLarge }
        let method = RequestMethod.length(beginning: bytes)
        guard RequestMethod.mayHave(length: method), bytes.dropFirst(method).first == 0x20 else { return .method }
        return bytes.prefix(limit).dropFirst(method + 1).contains(0x20) ? .requestLine : .targetTooLong
    }
}
