import BursarBasics
import Glibc

/// Reads a file of any length, piece by piece.
enum FileReading {
    static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

    private static let pieceSize = 256 << 10

    /// - Parameter path: `-` is standard input.
    static func read(_ path: String, _ take: (ArraySlice<UInt8>) -> Void) throws(SystemError) {
        let descriptor = path == "-" ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw SystemError(number: errno) }
        defer { if path != "-" { close(descriptor) } }
        try Descriptor.read(descriptor, pieceSize: pieceSize) { piece in
            take(piece)
            return true
        }
    }
}
