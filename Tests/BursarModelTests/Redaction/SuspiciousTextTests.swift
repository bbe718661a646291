import BursarModel
import Testing

@Suite struct SuspiciousTextTests {
    @Test(arguments: [
        ("Authorization: Token 0123456789abcdef", "Authorization: [redacted]"),
        ("got Bearer abc.DEF-123~x, retrying", "got Bearer [redacted], retrying"),
        ("TOKEN  a1b2c3d4e5", "TOKEN  [redacted]"),
        ("/path?api_key=abc&page=2", "/path?api_key=[redacted]&page=2"),
        ("{\"x-api-key\": \"s3cr3t\", \"n\": 1}", "{\"x-api-key\": \"[redacted]\", \"n\": 1}"),
        ("{\\\"access_token\\\":\\\"s3cr3t\\\"}", "{\\\"access_token\\\":\\\"[redacted]\\\"}"),
        ("password=hunter2;", "password=[redacted];"),
        ("id 00112233445566778899aabbccddeeff!", "id [redacted]!"),
        ("v=00112233445566778899aabbccddeeff", "v=[redacted]"),
        ("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.dozjgNryP4J3jVmNHl0w5N", "[redacted]")
    ])
    func `what usually is a credential goes`(text: String, expected: String) {
        #expect(SuspiciousText.scrub(text) == expected)
    }

    @Test(arguments: [
        "", "Token expired yesterday", "the key is wrong", "provider=tensorpix account=main status=429 ms=12",
        "0123456789abcdef0123456789abcde", "tokens: 5", "GET /v1/balances 200", "api_key=[redacted]", "Key rotation done"
    ])
    func `ordinary log lines stay`(text: String) {
        #expect(SuspiciousText.scrub(text) == text)
    }

    @Test func `hostile text is taken in one pass and never traps`() {
        var generator = SeededGenerator(seed: 9)
        let pieces = ["token", "=", ":", "\"", " ", "\\", "Bearer ", "eyJ", ".", "a1", "é", "authorization", "[redacted]", "\n"]
        for _ in 0..<2_000 {
            let text = (0..<Int.random(in: 0...40, using: &generator)).map { _ in
                pieces[Int.random(in: 0..<pieces.count, using: &generator)]
            }.joined()
            let once = SuspiciousText.scrub(text)
            #expect(once.isEmpty == text.isEmpty)
        }
    }
}
