import Glibc

/// Reads a file descriptor to its end. *Any thread;* blocks where the descriptor does.
package enum Descriptor {
    package static let usualPiece = 64 << 10

    /// Hands over piece after piece, until the end or until `take` has enough.
    ///
    /// The buffer is wiped at the end, because a file may hold a credential.
    /// - Parameters:
    ///   - pieceSize: the most bytes of one piece.
    ///   - take: returns whether to go on.
    package static func read(
        _ descriptor: Int32, pieceSize: Int = usualPiece, _ take: (ArraySlice<UInt8>) -> Bool
    ) throws(SystemError) {
        var piece = [UInt8](repeating: 0, count: pieceSize)
        defer { piece.withUnsafeMutableBytes(Wiping.wipe) }
        while true {
            let count = piece.withUnsafeMutableBytes { Glibc.read(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw SystemError(number: errno) }
            guard count > 0, take(piece[..<count]) else { return }
        }
    }

    /// Reads everything.
    /// - Returns: nil where there are more than `limit` bytes.
    package static func readAll(_ descriptor: Int32, limit: Int) throws(SystemError) -> [UInt8]? {
        var bytes: [UInt8] = []
        // One byte more than may be is enough to know.
        try read(descriptor, pieceSize: limit < usualPiece ? limit + 1 : usualPiece) { piece in
            bytes += piece
            return bytes.count <= limit
        }
        return bytes.count <= limit ? bytes : nil
    }
}
