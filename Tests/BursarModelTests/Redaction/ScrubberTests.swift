import BursarBasics
import BursarModel
import FuzzRules
import Testing

@Suite struct ScrubberTests {
    private let key = "k3y/With+Signs=and\"quotes\\0123"

    @Test func `a credential is found plain, wherever it stands`() {
        let scrubber = Scrubber([Secret(key)])
        #expect(scrubber.scrub(key) == "[redacted]")
        #expect(scrubber.scrub("a\(key)b\(key)") == "a[redacted]b[redacted]")
        #expect(scrubber.scrub("\(key)\(key)") == "[redacted]")
    }

    @Test(arguments: [
        "k3y%2FWith%2BSigns%3Dand%22quotes%5C0123", "k3y/With%2bSigns=and\"quotes%5c0123", "k3y/With+Signs=and\\\"quotes\\\\0123",
        "k3y\\/With+Signs=and\\u0022quotes\\u005c0123", "\\u006b3y/With+Signs=and\\x22quotes\\\\0123",
        "k3y%252FWith%252BSigns%253Dand%2522quotes%255C0123", "k3y/With+Signs=and\\\\\\\"quotes\\\\\\\\0123",
        "k3y%2FWith+Signs=and%5C%22quotes%5C%5C0123"
    ])
    func `escapes hide nothing, whichever characters they stand for`(text: String) {
        #expect(Scrubber([Secret(key)]).scrub("url=\(text)&x=%20\\n") == "url=[redacted]&x=%20\\n")
    }

    @Test func `what only looks like an escape hides none behind it`() {
        let scrubber = Scrubber([Secret("key-0123456789")])
        #expect(scrubber.scrub("100%%6bey-0123456789") == "100%[redacted]")
        #expect(scrubber.scrub("\\q\\u006bey-0123456789") == "\\q[redacted]")
        #expect(scrubber.scrub("%4%6bey-012345678%39") == "%4[redacted]")
    }

    @Test func `a credential within another leaves nothing of either`() {
        let secrets = [Secret("outer-inner-secret-outer"), Secret("inner-secret"), Secret("secret-outer-and-more")]
        #expect(Scrubber(secrets).scrub("x outer-inner-secret-outer y") == "x [redacted] y")
        #expect(Scrubber(secrets).scrub("x outer-inner-secret-outer-and-more y") == "x [redacted] y")
    }

    @Test func `the base64 of user and key is found although the key begins within a group`() {
        let scrubber = Scrubber([Secret("key-0123456789")])
        // base64 of "u:", "us:" and "user:" before the key
        #expect(scrubber.scrub("Basic dTprZXktMDEyMzQ1Njc4OQ==") == "Basic dT[redacted]==")
        #expect(scrubber.scrub("Basic dXM6a2V5LTAxMjM0NTY3ODk=") == "Basic dXM6[redacted]=")
        #expect(scrubber.scrub("Basic dXNlcjprZXktMDEyMzQ1Njc4OQ==") == "Basic dXNlcj[redacted]==")
    }

    @Test func `clean text comes back as it is`() {
        let scrubber = Scrubber([Secret(key), Secret("another-credential")])
        for text in ["", "a", "%", "\\", "%4", "\\u00", "\\ud800", "100 % of {\"a\":\"\\u00e9\\n\"} %zz another-credentia"] {
            #expect(scrubber.scrub(text) == text)
        }
        #expect(Scrubber.empty.scrub("anything") == "anything")
    }

    @Test func `a short credential goes as a word only, a tiny one never`() {
        let scrubber = Scrubber([Secret("mock-ok"), Secret("USD"), Secret("")])
        #expect(scrubber.scrub("key=mock-ok; USD") == "key=[redacted]; USD")
        #expect(scrubber.scrub("mock-okay amock-ok mock-ok-2 mock-ok") == "mock-okay amock-ok mock-ok-2 [redacted]")
        #expect(scrubber.scrub("%3Dmock%2Dok%26") == "%3D[redacted]%26")
        #expect(scrubber.scrub("6d6f636b2d6f6b") == "[redacted]")
    }

    @Test func `credentials that share their beginning are told apart`() {
        let secrets = (0..<500).map { Secret("sk-live-v1-shared-beginning-\($0)-and-shared-end") }
        let scrubber = Scrubber(secrets)
        #expect(scrubber.scrub("sk-live-v1-shared-beginning-321-and-shared-end") == "[redacted]")
        #expect(
            scrubber.scrub("sk-live-v1-shared-beginning-321-and-shared-enD") == "sk-live-v1-shared-beginning-321-and-shared-enD")
        #expect(
            scrubber.scrub("sk-live-v1-shared-beginning-500-and-shared-end") == "sk-live-v1-shared-beginning-500-and-shared-end")
    }

    @Test func `the self-check is empty for keys as providers give them, and names what is too short`() {
        var generator = SplitMix64(seed: 11)
        let secrets = (0..<200).map { _ in
            Secret(SecretText.random(length: Int.random(in: 8...90, using: &generator), using: &generator))
        }
        #expect(Scrubber(secrets).selfCheck().isEmpty)
        let gaps = Scrubber([Secret("long-enough-key"), Secret("abc")]).selfCheck()
        #expect(gaps.allSatisfy { $0.index == 1 })
        #expect(gaps.contains { $0.writing == .plain })
    }

    @Test func `a scrubber tells no byte of what it knows`() {
        let scrubber = Scrubber([Secret("do-not-print-me")])
        var dumped = ""
        dump(scrubber, to: &dumped)
        #expect(!dumped.contains("do-not"))
        #expect(!"\(scrubber)".contains("do-not"))
    }

    @Test func `what keys look like does not decide what an index or a line costs (B5)`() {
        // Ten thousand keys that share nearly all of their text, beside as many that share nothing.
        let alike = (0..<10_000).map { Secret("key-of-one-and-the-same-team-\(100_000 + $0)-which-all-share-it-live") }
        var random = SplitMix64(seed: 7)
        let letters = Array("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")
        let different = (0..<10_000).map { _ in Secret(String((0..<64).map { _ in letters[Int(random.next() % 62)] })) }
        let lines = (0..<200).map {
            "a line with key-of-one-and-the-same-team-\(100_000 + $0 * 50)-which-all-share-it-live in it, and more"
        }
        func cost(_ secrets: [Secret]) -> Duration {
            ContinuousClock().measure {
                let scrubber = Scrubber(secrets)
                for line in lines { _ = scrubber.scrub(line) }
            }
        }
        let scrubber = Scrubber(alike)
        #expect(lines.allSatisfy { !scrubber.scrub($0).contains("team") })
        // A wide margin: the square of ten thousand would be thousands of times more.
        #expect(cost(alike) < cost(different) * 30)
    }

}

/// Texts for properties: keys as providers give them, and noise that is rich in escapes.
enum SecretText {
    static func random(length: Int, using generator: inout SplitMix64) -> [UInt8] {
        let alphabets = [
            "0123456789abcdef", "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789",
            "ABCDabcd0123-_.~+/=:", "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~aZ09"
        ]
        let alphabet = Array(alphabets[Int.random(in: 0..<alphabets.count, using: &generator)].utf8)
        return (0..<length).map { _ in alphabet[Int.random(in: 0..<alphabet.count, using: &generator)] }
    }

    static func noise(upTo length: Int, using generator: inout SplitMix64) -> [UInt8] {
        let pieces = [
            "a", "0", "%", "\\", "%4", "%41", "\\n", "\\u00e9", "\\ud83d\\ude00", "=", "\"", " ", "é", "{\"x\":1}", "Zm9v", "%25",
            "\\\\"
        ]
        return (0..<Int.random(in: 0...length, using: &generator)).flatMap { _ in
            Array(pieces[Int.random(in: 0..<pieces.count, using: &generator)].utf8)
        }
    }
}
