import Testing

@testable import BursarHTTP

@Suite struct ByteSetTests {
    private static let alphanumeric = Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789".utf8)

    private func bytes(_ set: ByteSet) -> Set<UInt8> { Set((0...255).filter { set.contains($0) }) }

    @Test func `the words say what the grammar says`() {
        let all = Self.alphanumeric
        #expect(bytes(.token) == all.union("!#$%&'*+-.^_`|~".utf8))
        #expect(bytes(.target) == all.union("-._~!$&'()*+,;=:@/?%".utf8))
        #expect(bytes(.registeredName) == all.union("-._~!$&'()*+;=%".utf8))
        #expect(bytes(.value) == Set(0x20...0x7E).union([0x09]))
    }

    @Test func `the two ways to tell a field name's bytes agree`() {
        for byte in UInt8.min...UInt8.max { #expect(byte.isFieldNameByte == ByteSet.token.contains(byte)) }
    }

    @Test func `eight bytes of a value are told from others in one step, wherever the other stands`() {
        var bytes = Array("(visible)".utf8)
        for place in 0..<8 {
            for byte in UInt8.min...UInt8.max {
                let before = bytes[place]
                bytes[place] = byte
                let isOfValue = (ByteSet.value.contains(byte) && byte != 0x09) || byte >= 0x80
                // What stands beside it must not change what is said of it: a borrow would.
                for neighbour in [0x20, 0x7E, 0x80, 0xFF] as [UInt8] {
                    if place > 0 { bytes[place - 1] = neighbour }
                    let said = bytes.withUnsafeBytes { ByteSet.allMayStandInValue($0, at: 0) }
                    if said != isOfValue { Issue.record("byte \(byte) at \(place) behind \(neighbour): \(said)") }
                }
                bytes[place] = before
            }
        }
    }
}
