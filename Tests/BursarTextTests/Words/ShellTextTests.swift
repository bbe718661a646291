import Testing

@testable import BursarText

@Suite struct ShellTextTests {
    @Test(arguments: ["/usr/bin/bursar", "http://127.0.0.1:8787/v1/balances", "unix:/run/bursar.sock", "a-b_c.d@e%2F+f,g=h"])
    func `what every shell takes as one word stays as it is`(text: String) { #expect(ShellText.word(text) == text) }

    // Paths with a blank were printed into commands as they are, and a shell made two words of each.
    @Test(arguments: [
        ("unix:/run/my gateway/b.sock", "'unix:/run/my gateway/b.sock'"), ("it's", #"'it'\''s'"#), ("", "''"),
        ("http://[::1]:8787", "'http://[::1]:8787'"), ("a?b", "'a?b'"), ("~/x", "'~/x'"), ("$HOME", "'$HOME'"),
        ("`id`", "'`id`'"), ("a;b", "'a;b'"), ("a\\b", #"'a\b'"#), ("é", "'é'"), ("a\nb", "'a\nb'")
    ])
    func `anything else is quoted`(text: String, word: String) { #expect(ShellText.word(text) == word) }
}
