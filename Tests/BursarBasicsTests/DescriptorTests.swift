import BursarBasics
import Glibc
import Testing

@Suite struct DescriptorTests {
    /// A pipe that holds `bytes` and its end.
    private func pipe(_ bytes: [UInt8]) -> Int32 {
        var ends: [Int32] = [-1, -1]
        #expect(Glibc.pipe(&ends) == 0)
        #expect(write(ends[1], bytes, bytes.count) == bytes.count)
        close(ends[1])
        return ends[0]
    }

    @Test func `all is read in pieces, and no more than may be`() throws {
        let text = Array("some words of a file".utf8)
        for size in [1, 3, 20, 4_096] {
            let descriptor = pipe(text)
            defer { close(descriptor) }
            var read: [UInt8] = []
            try Descriptor.read(descriptor, pieceSize: size) { piece in
                read += piece
                return piece.count <= size
            }
            #expect(read == text)
        }
        for limit in [text.count, text.count + 1, Descriptor.usualPiece, .max] {
            let descriptor = pipe(text)
            defer { close(descriptor) }
            #expect(try Descriptor.readAll(descriptor, limit: limit) == text)
        }
        let nothing = pipe([])
        defer { close(nothing) }
        #expect(try Descriptor.readAll(nothing, limit: 0) == [])
        let descriptor = pipe(text)
        defer { close(descriptor) }
        #expect(try Descriptor.readAll(descriptor, limit: text.count - 1) == nil)
    }

    @Test func `reading ends when there is enough`() throws {
        let descriptor = pipe(Array("abcdef".utf8))
        defer { close(descriptor) }
        var seen: [UInt8] = []
        try Descriptor.read(descriptor, pieceSize: 2) { piece in
            seen += piece
            return seen.count < 4
        }
        #expect(seen == Array("abcd".utf8))
    }

    @Test func `what cannot be read says why`() {
        #expect(throws: SystemError.self) { try Descriptor.readAll(-1, limit: 10) }
    }
}
