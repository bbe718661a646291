import CZlib

/// Undoes the content coding of an answer within a bound. *Pure.*
package enum ContentDecoding {
    /// - Parameters:
    ///   - codings: the values of `Content-Encoding`, one for each line.
    ///   - limit: the most bytes that may come out; a bomb costs at most this much memory.
    package static func undo(_ body: [UInt8], codings: [String], limit: Int) throws(TransportFault) -> [UInt8] {
        var applied: [String] = []
        for value in codings {
            for coding in value.split(separator: ",") {
                let name = coding.filter { $0 != " " && $0 != "\t" }.lowercased()
                if !name.isEmpty, name != "identity" { applied.append(name) }
            }
        }
        guard let coding = applied.first else { return body }
        // Only gzip was asked for; `x-gzip` is its old name (RFC 9110 8.4.1.3).
        guard applied.count == 1, coding == "gzip" || coding == "x-gzip" else { throw .badEncoding }
        return body.isEmpty ? [] : try read(body, limit: limit)
    }

    /// One gzip member or several, one behind another; zeros may follow, as tape-minded writers pad (RFC 1952 2.2).
    private static func read(_ bytes: [UInt8], limit: Int) throws(TransportFault) -> [UInt8] {
        var stream = z_stream()
        guard bursar_inflate_init(&stream, 31) == Z_OK else { throw .badEncoding }
        defer { inflateEnd(&stream) }
        var produced: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 16 * 1_024)
        var rest = bytes[...]
        while true {
            let input = rest.prefix(1 << 20)
            let (result, unread, count) = piece.withUnsafeMutableBufferPointer { output in
                input.withUnsafeBufferPointer { input in
                    stream.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
                    stream.avail_in = UInt32(input.count)  // at most 1 MiB
                    stream.next_out = output.baseAddress
                    stream.avail_out = UInt32(output.count)  // 16 KiB
                    let result = inflate(&stream, Z_NO_FLUSH)
                    return (result, Int(stream.avail_in), output.count - Int(stream.avail_out))
                }
            }
            rest = rest.dropFirst(input.count - unread)
            guard count <= limit - produced.count else { throw .bodyTooLarge }
            produced.append(contentsOf: piece[..<count])
            switch result {
            case Z_STREAM_END:
                if rest.allSatisfy({ $0 == 0 }) { return produced }
                guard inflateReset(&stream) == Z_OK else { throw .badEncoding }
            case Z_OK:
                // No progress at the input's end: the member is not whole.
                guard count > 0 || !rest.isEmpty else { throw .badEncoding }
            default:
                throw .badEncoding
            }
        }
    }
}
