#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Reads a file of any length, piece by piece.
enum FileReading {
    /// The system's error number.
    struct Failure: Error {
        let number: Int32
        var words: String { String(cString: strerror(number)) }
    }

    static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

    private static let pieceSize = 256 << 10

    /// - Parameter path: `-` is standard input.
    static func read(_ path: String, _ take: (ArraySlice<UInt8>) -> Void) throws(Failure) {
        let descriptor = path == "-" ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw Failure(number: errno) }
        defer { if path != "-" { close(descriptor) } }
        var piece = [UInt8](repeating: 0, count: pieceSize)
        while true {
            let count = piece.withUnsafeMutableBytes { Glibc.read(descriptor, $0.baseAddress, $0.count) }
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else { throw Failure(number: errno) }
            if count == 0 { return }
            take(piece[..<count])
        }
    }
}
