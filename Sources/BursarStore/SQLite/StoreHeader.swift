import Glibc

/// How a file begins (sqlite.org/fileformat2.html, section 1.3). *Value.*
struct StoreHeader: Sendable {
    private static let size = 20
    private let bytes: [UInt8]

    /// - Parameter descriptor: at the beginning of the file.
    init(_ descriptor: Int32) {
        var bytes = [UInt8](repeating: 0, count: Self.size)
        let count = bytes.withUnsafeMutableBytes { read(descriptor, $0.baseAddress, $0.count) }
        self.bytes = Array(bytes.prefix(max(0, count)))
    }

    /// With the 16 bytes that every file of SQLite 3 begins with.
    var isDatabase: Bool { bytes.starts(with: "SQLite format 3\0".utf8) }

    /// Asks for a newer SQLite than there is from whoever writes. SQLite reads such a file without a word and refuses each write.
    var refusesWrites: Bool { bytes.count == Self.size && bytes[18] > 2 }
}
