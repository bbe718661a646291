import Glibc

/// The fields of the header block that is being received, as libnghttp2 decodes them one by one; a *value*, one per connection.
///
/// Header blocks of different streams cannot interleave (RFC 9113 4.3), so one buffer that is emptied for each does for all.
/// Each field is written as the lengths of name and value (four bytes together) and their bytes: two blocks are the same
/// request head exactly when their bytes are equal.
struct HTTP2HeaderBlock {
    /// What already speaks against the block.
    enum Problem: Equatable {
        case none
        /// Over the limit of bytes or fields: 431.
        case tooLarge
        /// The limit was passed by the path itself: 414.
        case pathTooLong
        /// A field that libnghttp2 found invalid: 400.
        case invalidField
    }

    private(set) var fields = 0
    private(set) var problem = Problem.none
    private var listBytes = 0
    /// Written from its beginning by each block: to grow an array by three small pieces a field costs more than the pieces.
    private var room: [UInt8] = []
    private var length = 0
    private static let mostKept = 4 * 1024

    var bytes: [UInt8] { Array(room[..<length]) }

    mutating func begin() {
        // A large block is an exception: its memory is given back rather than kept for each of ten thousand connections.
        if room.count > Self.mostKept { room = [] }
        length = 0
        fields = 0
        listBytes = 0
        problem = .none
    }

    /// - Parameters:
    ///   - mostBytes: counted as RFC 9113 6.5.2 does, with 32 bytes for each field. It is below 64 KiB.
    ///   - mostFields: pseudo-fields included.
    mutating func append(
        name: UnsafeBufferPointer<UInt8>, value: UnsafeBufferPointer<UInt8>, mostBytes: Int, mostFields: Int
    ) {
        fields += 1
        listBytes += name.count + value.count + 32
        guard problem == .none else { return }
        guard listBytes <= min(mostBytes, 65_535), fields <= mostFields else {
            problem = name.elementsEqual(":path".utf8) ? .pathTooLong : .tooLarge
            return
        }
        let lengths = UInt32(truncatingIfNeeded: name.count | value.count &<< 16)
        let (start, middle) = (length, length + 4 + name.count)
        length = middle + value.count
        if length > room.count {
            let size = max(256, length, min(2 * length, Self.mostKept))
            room.append(contentsOf: repeatElement(0, count: size - room.count))
        }
        room.withUnsafeMutableBytes { room in
            room.storeBytes(of: lengths.littleEndian, toByteOffset: start, as: UInt32.self)
            UnsafeMutableRawBufferPointer(rebasing: room[(start + 4)...]).copyMemory(from: UnsafeRawBufferPointer(name))
            UnsafeMutableRawBufferPointer(rebasing: room[middle...]).copyMemory(from: UnsafeRawBufferPointer(value))
        }
    }

    /// Whether this block has exactly those bytes.
    func isSame(as other: [UInt8]) -> Bool {
        guard other.count == length else { return false }
        return room.withUnsafeBytes { room in
            other.withUnsafeBytes { other in
                guard let one = room.baseAddress, let two = other.baseAddress else { return length == 0 }
                return memcmp(one, two, length) == 0
            }
        }
    }

    mutating func foundInvalidField() {
        fields += 1
        if problem == .none { problem = .invalidField }
    }

    /// The places of names and values, in order, in a block's bytes.
    static func places(in bytes: [UInt8]) -> [HeaderFields.Place] {
        var places: [HeaderFields.Place] = []
        places.reserveCapacity(16)
        var index = 0
        while bytes.count - index >= 4 {
            let name = Int(bytes[index]) | Int(bytes[index + 1]) << 8
            let value = Int(bytes[index + 2]) | Int(bytes[index + 3]) << 8
            let start = index + 4
            guard bytes.count - start >= name + value else { break }  // cannot happen: `append` wrote it
            let middle = UInt32(start + name)
            let end = UInt32(start + name + value)
            places.append(HeaderFields.Place(name: UInt32(start)..<middle, value: middle..<end))
            index = start + name + value
        }
        return places
    }
}
