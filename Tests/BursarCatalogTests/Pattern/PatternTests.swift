import BursarBasics
import Testing

@testable import BursarCatalog

@Suite struct PatternTests {
    @Test(
        arguments: [
            (
                #"^-?\d{0,10}(?:\.\d{0,4})?$"#, ["", "-", ".", "12.34", "-1234567890.1234"],
                ["12.34567", "12345678901", "1,5", "a", " 1"]
            ),
            ("abc", ["abc", "xabcx"], ["ab", "acb", ""]), ("^a|b$", ["ax", "xb"], ["xax", "bx"]),
            ("a.c", ["abc", "xa.c"], ["a\nc", "ac"]),
            ("^[A-Z]{3}$", ["USD", "CNY"], ["US", "USDT", "usd"]), ("^[^0-9]+$", ["abc", "-"], ["a1", ""]),
            (#"^[\w.-]+$"#, ["a_b.c-d"], ["a b"]),
            ("^(ab){2,3}$", ["abab", "ababab"], ["ab", "abababab"]), ("^a{2,}$", ["aa", "aaaa"], ["a"]),
            ("^(|a)b$", ["b", "ab"], ["aab"]),
            (#"^\s\S$"#, [" x"], ["x ", "xx"]), (#"^\$\{\}\\$"#, [#"${}\"#], ["$"]),
            ("^é+$", ["éé"], ["e"]),
            ("", ["", "x"], []), ("^$", [""], ["x"]), ("(?:a+?)b", ["aab"], ["b"]), (#"^[\]a-]$"#, ["]", "a", "-"], ["b"])
        ] as [(String, [String], [String])])
    func `patterns match what ECMA says`(text: String, matching: [String], others: [String]) throws {
        let pattern = try Pattern(text)
        for text in matching { #expect(pattern.matches(text), "\(text)") }
        for text in others { #expect(!pattern.matches(text), "\(text)") }
    }

    @Test(arguments: ["(a", "a)", "[a", "*a", "a**", "a{", "a{x}", "a{2", "a{3,2}", "\\", "[b-a]"])
    func `a malformed pattern is refused`(text: String) { #expect(throws: PatternError.self) { try Pattern(text) } }

    @Test(arguments: ["^a{2}{3}$", "^*a", "a$+", "^{2}", "(?:){2}|{2}", "a*?{2}", "{x}"])
    func `what ECMA does not let repeat is refused, and a group around it may be repeated`(text: String) throws {
        #expect(throws: PatternError.self) { try Pattern(text) }
        #expect(try Pattern("(^)*(?:a{2}){3}").matches("aaaaaa"))
    }

    @Test(arguments: [
        ("a{2}{3}", #"malformed pattern: two repetitions in a row; the character { is written \{"#),
        ("{x}", #"malformed pattern: nothing to repeat; the character { is written \{"#),
        ("a{x}", #"malformed pattern: a { without a number; the character { is written \{"#),
        ("^+", "malformed pattern: nothing to repeat"), (#"[a-\d]"#, "malformed pattern: a range ends in a class"),
        ("[b-a]", "malformed pattern: a range that runs backwards")
    ])
    func `a refusal says what is wrong with the pattern, and how a brace is written`(text: String, words: String) {
        let error = #expect(throws: PatternError.self) { try Pattern(text) }
        #expect(error?.description == words)
    }

    @Test(arguments: [#"(a)\1"#, "(?=a)", "(?!a)", "(?<n>a)", #"\bword\b"#, #"\p{L}"#, #"[\D]"#])
    func `what cannot be matched in linear time, or is not known, is refused`(text: String) {
        #expect(throws: PatternError.self) { try Pattern(text) }
    }

    @Test func `patterns that explode elsewhere do not here`() throws {
        let text = String(repeating: "a", count: 4_000) + "!"
        for pattern in ["^(a+)+$", "^(a|aa)+$", "^(a*)*$", "(a?){50}a{50}$", "^(([a-z])+.)+[A-Z]([a-z])+$"] {
            #expect(try !Pattern(pattern).matches(text))
        }
        #expect(throws: PatternError.tooLarge) { try Pattern("((a{99}){99}){99}") }
        #expect(throws: PatternError.tooLarge) {
            try Pattern(String(repeating: "(", count: 100) + String(repeating: ")", count: 100))
        }
        #expect(throws: PatternError.tooLarge) { try Pattern(String(repeating: "a", count: 2_000)) }
        #expect(try !Pattern("a").matches(String(repeating: "a", count: 5_000)))
    }

    @Test func `random patterns match what the standard library's engine says`() throws {
        let seed: UInt64 = 0x9A77
        var random = SplitMix64(seed: seed)
        let pieces = ["a", "b", "(", ")", "|", "*", "+", "?", "{1,2}", "[ab]", "[^a]", ".", "^", "$"]
        var compared = 0
        for _ in 0..<20_000 {
            let text = (0..<Int.random(in: 1...7, using: &random)).map { _ in pieces.randomElement(using: &random) ?? "a" }
                .joined()
            guard let pattern = try? Pattern(text), let other = try? Regex(text) else { continue }
            compared += 1
            for _ in 0..<4 {
                let subject = String(
                    (0..<Int.random(in: 0...5, using: &random)).map { _ in Bool.random(using: &random) ? "a" : "b" })
                #expect(
                    pattern.matches(subject) == ((try? other.firstMatch(in: subject)) != nil),
                    "\(text) on \(subject), seed \(seed)")
            }
        }
        print("patterns: seed \(seed), \(compared) compared")
        #expect(compared > 1_000)
    }
}
