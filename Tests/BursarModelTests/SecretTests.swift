import BursarModel
import Testing

@Suite struct SecretTests {
    private struct Holder {
        let name: String
        let secret: Secret
    }

    @Test func `nothing that prints a value prints a secret`() {
        let secret = Secret("do-not-print-me")
        let holder = Holder(name: "holder", secret: secret)
        var dumped = ""
        dump(secret, to: &dumped)
        dump([holder], to: &dumped)
        let all = [
            "\(secret)", String(describing: secret), String(reflecting: secret), "\(holder)", String(reflecting: holder),
            "\([secret])", "\(Optional(secret) as Any)", dumped
        ]
        for text in all { #expect(!text.contains("do-not"), "\(text)") }
        #expect("\(secret)" == Secret.placeholder)
    }

    @Test func `a random one has as many bytes as asked for, and no other is equal`() {
        let secrets = (0..<8).map { _ in Secret.random(bytes: 32) }
        #expect(secrets.allSatisfy { $0.count == 32 })
        #expect(Set(secrets.map { $0.withExposedBytes { Array($0) } }).count == secrets.count)
        #expect(Secret.random(bytes: 0).count == 0)
    }

    @Test func `its bytes are lent, whole`() {
        for text in ["", "a", "key-0123456789", "ключ"] {
            let secret = Secret(text)
            #expect(secret.count == text.utf8.count)
            #expect(secret.withExposedBytes { Array($0) } == Array(text.utf8))
        }
    }

    @Test func `equal means the same bytes, at every place`() {
        let secret = Secret("key-0123456789")
        #expect(secret.constantTimeEquals(Secret("key-0123456789")))
        #expect(Secret("").constantTimeEquals(Secret("")))
        #expect(!secret.constantTimeEquals(Secret("key-012345678")))
        #expect(!secret.constantTimeEquals(Secret("")))
        let bytes = secret.withExposedBytes { Array($0) }
        for index in bytes.indices {
            var other = bytes
            other[index] ^= 0x80
            #expect(!secret.constantTimeEquals(Secret(other)))
        }
    }
}
