import Testing

@testable import BursarHTTP

@Suite struct ByteSetTests {
    private static let alphanumeric = Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789".utf8)

    private func bytes(_ set: ByteSet) -> Set<UInt8> { Set((0...255).filter { set.contains($0) }) }

    @Test func `the words say what the grammar says`() {
        let all = Self.alphanumeric
        #expect(bytes(.token) == all.union("!#$%&'*+-.^_`|~".utf8))
        #expect(bytes(.target) == all.union("-._~!$&'()*+,;=:@/?%".utf8))
        #expect(bytes(.host) == all.union("-._~!$&'()*+;=:[]%".utf8))
        #expect(bytes(.value) == Set(0x20...0x7E).union([0x09]))
    }

    @Test func `the two ways to tell a field name's bytes agree`() {
        for byte in UInt8.min...UInt8.max { #expect(byte.isFieldNameByte == ByteSet.token.contains(byte)) }
    }
}
