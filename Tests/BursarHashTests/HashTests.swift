import BursarHash
import Testing

/// Against the standards' own examples: a library that is linked wrongly must not go unnoticed.
@Suite struct HashTests {
    private func hex(_ bytes: [UInt8]) -> String { bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined() }

    @Test(arguments: [
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (
            "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
        )
    ])
    func `SHA-256 of FIPS 180-4's examples, whole and byte by byte`(text: String, digest: String) {
        let bytes = Array(text.utf8)
        #expect(hex(bytes.withUnsafeBytes { SHA256.hash($0) }) == digest)
        var hash = SHA256()
        for byte in bytes { hash.update([byte]) }
        #expect(hex(hash.finish()) == digest)
    }

    @Test(arguments: [
        ([UInt8](repeating: 0x0B, count: 20), "Hi There", "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"),
        (Array("Jefe".utf8), "what do ya want for nothing?", "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"),
        (
            [UInt8](repeating: 0xAA, count: 131), "Test Using Larger Than Block-Size Key - Hash Key First",
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
        )
    ])
    func `HMAC-SHA256 of RFC 4231's examples, under one key twice`(key: [UInt8], text: String, digest: String) {
        let keyed = key.withUnsafeBytes { KeyedHash(key: $0) }
        for _ in 0..<2 {
            let result = keyed.digest { input in
                for byte in text.utf8 { withUnsafeBytes(of: byte) { input.update($0) } }
            }
            #expect(hex(result) == digest)
        }
    }
}
