@testable import BursarConfiguration
import BursarModel
import TestSupport
import Testing

@Suite struct ClientTokenTests {
    private func form(_ text: String) -> ClientToken.Form {
        var text = text
        return text.withUTF8 { ClientToken.form(of: UnsafeRawBufferPointer($0)) }
    }

    @Test func `a new token is well formed, and no two are alike`() {
        let tokens = (0..<200).map { _ in ClientToken.random().text }
        #expect(Set(tokens).count == tokens.count)
        for token in tokens {
            #expect(token.utf8.count == 53 && token.hasPrefix("bur_"))
            #expect(form(token) == .wellFormed)
        }
        // 43 characters of 62 are 256 bits and a little.
        #expect(ClientToken.randomLength == 43)
    }

    @Test func `the characters are spread evenly`() {
        var counts: [Character: Int] = [:]
        for _ in 0..<2_000 {
            for character in ClientToken.random().text.dropFirst(4).prefix(43) { counts[character, default: 0] += 1 }
        }
        // 86,000 characters, 1,387 of each; the standard deviation is 37.
        #expect(counts.count == 62)
        #expect(counts.values.allSatisfy { (1_387 - 300...1_387 + 300).contains($0) })
    }

    @Test func `a scanner can verify the checksum by itself`() {
        // zlib's CRC-32 of "bur_" and 43 zeros, 0x42B8C84E, in base 62: computed with another program.
        let body = "bur_" + String(repeating: "0", count: 43)
        let token = body + String(decoding: ClientToken.checksum(of: body.utf8), as: UTF8.self)
        #expect(token.suffix(6) == ClientTokenTests.checksumOfZeros)
        #expect(form(token) == .wellFormed)
    }

    @Test func `each single mistyped character is found`() {
        let client = TestClient("typo")
        for index in 4..<53 { #expect(form(client.mistyped(at: index)) == .malformed, "\(index)") }
        #expect(form(String(client.token.dropLast())) == .malformed)
        #expect(form(client.token + "x") == .malformed)
        #expect(form("bur_") == .malformed)
        #expect(form("sk-1234567890") == .foreign)
        #expect(form("") == .foreign)
    }

    @Test func `a credential that is a client token in any writing is known for one`() {
        let token = TestClient("writings").token
        for text in [
            token, token.uppercased(), "\"\(token)\"", "user:\(token)", "\(token):", "Bearer%20\(token)",
            String(token.prefix(30)),
            "bur_", "BUR_x"
        ] {
            #expect(ClientToken.isWithin(Secret(text)), "\(text.count)")
        }
        for text in ["sk-live-abcdef0123456789", "my_bur_key", "excalibur_2", "x", "bur-\(token.dropFirst(4))"] {
            #expect(!ClientToken.isWithin(Secret(text)), "\(text.count)")
        }
    }

    @Test func `nothing shows a token by accident`() {
        let token = ClientToken.random()
        #expect("\(token)" == "[secret]")
        #expect(!String(reflecting: token).contains("bur_"))
        var dumped = ""
        dump(token, to: &dumped)
        #expect(!dumped.contains("bur_"))
    }

    @Test func `a digest is what sha256sum prints`() throws {
        // printf %s bur_abc | sha256sum
        var text = "bur_abc"
        let digest = text.withUTF8 { TokenDigest(of: UnsafeRawBufferPointer($0)) }
        #expect(digest.hex == Self.digestOfABC)
        #expect(TokenDigest(hex: digest.hex.uppercased()) == digest)
        #expect(TokenDigest(hex: digest.hex.dropLast()) == nil)
        #expect(TokenDigest(hex: digest.hex.dropLast() + "g") == nil)
        #expect(!"\(digest)".contains(digest.hex))
    }

    private static let checksumOfZeros = "1Dkug2"
    private static let digestOfABC = "1654a7fcd8aa2667f06e9ccfe50d43dc5c20abe11f0d33632828aadeccaa2aef"
}
