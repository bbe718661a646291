internal import CZlib

/// Gzip in one call over bytes in memory; a namespace of pure functions.
///
/// Bodies are compressed once, when they are rendered, and never while a request waits: there is no stream to keep.
package enum Gzip {
    /// Bodies below this are sent as they are. A TCP segment carries some 1,400 bytes whatever they are, so that the first
    /// saving that anyone can notice is a second segment; below, the 18 bytes of framing and the client's work are a loss.
    package static let smallestBody = 860

    /// The level for a body of that size, as measured (docs/decisions/0009): 6 makes a large list a fifth smaller than 1 does,
    /// but takes four times as long, and someone waits for a rendering of ten thousand rows.
    package static func level(for count: Int) -> Int { count <= 64 * 1024 ? 6 : 1 }

    /// The gzip form of `bytes`, the same for the same input: the time field of the header is 0 and no name is written.
    /// - Parameter level: 1 (fast) to 9 (small), brought inside where it is not; nil: `level(for:)`.
    /// - Returns: nil only when there is no memory.
    package static func compress(_ bytes: [UInt8], level: Int? = nil) -> [UInt8]? {
        let level = min(9, max(1, level ?? Gzip.level(for: bytes.count)))
        var stream = z_stream()
        let bits = windowBits(for: bytes.count)
        // The window and the hash table are what deflateInit clears: sized for the body, a small one costs a tenth.
        guard bursar_deflate_init(&stream, Int32(level), Int32(bits + 16), Int32(min(8, bits - 7))) == Z_OK
        else { return nil }
        defer { deflateEnd(&stream) }
        let bound = Int(deflateBound(&stream, UInt(bytes.count)))
        return bytes.withUnsafeBufferPointer { input in
            let done = [UInt8](unsafeUninitializedCapacity: bound) { output, count in
                var window = InputWindow(input)
                stream.next_out = output.baseAddress
                var room = bound
                var result = Z_OK
                // zlib counts in 32 bits: more than 4 GiB is handed over in parts.
                while result == Z_OK {
                    let given = window.give(to: &stream)
                    let chunk = min(room, Int(UInt32.max))
                    stream.avail_out = UInt32(chunk)
                    result = deflate(&stream, window.isEmpty ? Z_FINISH : Z_NO_FLUSH)
                    window.took(given - Int(stream.avail_in))
                    room -= chunk - Int(stream.avail_out)
                }
                count = result == Z_STREAM_END ? bound - room : 0
            }
            return done.isEmpty ? nil : done
        }
    }

    /// The smallest window that still reaches back over the whole body: 9 bits (512 bytes) to 15 (32 KiB).
    private static func windowBits(for count: Int) -> Int {
        var bits = 9
        while bits < 15, 1 << bits < count { bits += 1 }
        return bits
    }
}

/// The part of an input that zlib has not seen, given in pieces that 32 bits can count; valid while the input is.
private struct InputWindow {
    private var rest: UnsafeBufferPointer<UInt8>

    init(_ bytes: UnsafeBufferPointer<UInt8>) { rest = bytes }

    /// Whether the last piece given holds all that is left.
    var isEmpty: Bool { rest.count <= Int(UInt32.max) }

    func give(to stream: inout z_stream) -> Int {
        let count = min(rest.count, Int(UInt32.max))
        stream.next_in = UnsafeMutablePointer(mutating: rest.baseAddress)
        stream.avail_in = UInt32(count)
        return count
    }

    mutating func took(_ count: Int) { rest = UnsafeBufferPointer(rebasing: rest[count...]) }
}
