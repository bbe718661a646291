import CZlib

/// Reads gzip, for tests of what writes it. *Pure.*
package enum Gunzip {
    /// The bytes that a gzip member holds, read within a bound.
    /// - Parameter limit: the most bytes that may come out; a bomb costs at most this much memory.
    package static func bytes(_ bytes: [UInt8], limit: Int) throws(GzipError) -> [UInt8] {
        var stream = z_stream()
        guard bursar_inflate_init(&stream, 31) == Z_OK else { throw .noMemory }
        defer { inflateEnd(&stream) }
        var result = Z_OK
        var produced: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 16 * 1024)
        var window = bytes[...]
        while result != Z_STREAM_END {
            let given = window.prefix(1 << 20)
            let (left, count) = piece.withUnsafeMutableBufferPointer { output in
                given.withUnsafeBufferPointer { input in
                    stream.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
                    stream.avail_in = UInt32(input.count)  // at most 1 MiB
                    stream.next_out = output.baseAddress
                    stream.avail_out = UInt32(output.count)  // 16 KiB
                    result = inflate(&stream, Z_NO_FLUSH)
                    return (Int(stream.avail_in), output.count - Int(stream.avail_out))
                }
            }
            window = window.dropFirst(given.count - left)
            guard result == Z_OK || result == Z_STREAM_END else {
                throw result == Z_MEM_ERROR ? .noMemory : result == Z_BUF_ERROR ? .truncated : .malformed
            }
            guard count <= limit - produced.count else { throw .tooLarge }
            produced.append(contentsOf: piece[..<count])
            if result == Z_OK, count == 0, window.isEmpty { throw .truncated }
        }
        guard window.isEmpty else { throw .malformed }
        return produced
    }
}

/// Why bytes are not a gzip member that may be read; a *value*.
package enum GzipError: Error, Equatable {
    /// The bytes end before the member does.
    case truncated
    /// The bytes are not gzip, their checksum is wrong, or something follows the member.
    case malformed
    /// More than the limit would come out.
    case tooLarge
    /// zlib could not allocate its window.
    case noMemory
}
