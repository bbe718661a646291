import Testing

@testable import BursarCatalog

@Suite struct LocatedReaderTests {
    private func yaml(_ text: String, _ limits: LocatedLimits = LocatedLimits()) -> Result<LocatedNode, Diagnostic> {
        Result { () throws(Diagnostic) in try LocatedReader.yaml(Array(text.utf8), file: "f.yaml", limits: limits) }
    }

    private func problem(_ text: String, _ limits: LocatedLimits = LocatedLimits()) -> String? {
        guard case .failure(let diagnostic) = yaml(text, limits) else { return nil }
        return diagnostic.description
    }

    @Test func `values have their places`() throws {
        let node = try yaml("a: 1\nb:\n  - x\n  - {c: 'é', d: e}\n").get()
        #expect(node["a"]?.mark == TextMark(line: 1, column: 4))
        #expect(node["b"]?.elements?[0].mark == TextMark(line: 3, column: 5))
        #expect(node["b"]?.elements?[1]["d"]?.mark == TextMark(line: 4, column: 17))
        #expect(node.pairs?[1].keyMark == TextMark(line: 2, column: 1))
    }

    @Test func `C8: a byte order mark before a document is no part of it, in YAML and in JSON`() throws {
        let node = try yaml("\u{FEFF}a: 1\nb: [x, 'é']\n").get()
        #expect(node["a"]?.json == .number("1"))
        #expect(node.pairs?.first?.key == "a" && node.pairs?.first?.keyMark == TextMark(line: 1, column: 1))
        #expect(node["b"]?.elements?[1].mark == TextMark(line: 2, column: 8))
        let json = try LocatedReader.json(Array("\u{FEFF}{\"a\": 1}".utf8), file: "f.json")
        #expect(json["a"]?.json == .number("1"))
    }

    @Test func `scalars follow YAML 1.2's core schema and numbers keep their text`() throws {
        let node = try yaml("[1.50, -0, '1', true, True, yes, on, null, ~, 1e3, 0x10, .5, 01, 3.0.0, 2001-01-01]").get()
        #expect(
            node.json == [
                .number("1.50"), .number("-0"), "1", true, true, "yes", "on", .null, .null, .number("1e3"), "0x10", ".5",
                "01",
                "3.0.0", "2001-01-01"
            ])
    }

    @Test(arguments: [
        ("a: [1, 2", "f.yaml:2:1: error: not valid YAML: while parsing a flow sequence, did not find expected ',' or ']'"),
        ("a: b: c", "f.yaml:1:5: error: not valid YAML: mapping values are not allowed in this context"),
        ("a: 1\nb: 2\na: 3", "f.yaml:3:1: error: \"a\" stands twice in one mapping; keep one"),
        ("a: 1\n\'a\': 2", "f.yaml:2:1: error: \"a\" stands twice in one mapping; keep one"),
        ("\n x: {[r]: 1, b: 2, [r]: 3, b: 4}", "f.yaml:2:6: error: a key must be a single text"),
        ("\n x: {b: 1, !c b: 2}", "f.yaml:2:12: error: tags (!…) are not read here"),
        ("x: {sk-secret-123: 1, sk-secret-123: 2}", "f.yaml:1:23: error: a key stands twice in one mapping; keep one"),
        ("? [a]\n: b", "f.yaml:1:3: error: a key must be a single text"),
        ("a: !!str 1", "f.yaml:1:4: error: tags (!…) are not read here"),
        ("a: {&x b: 1}", "f.yaml:1:5: error: anchors and aliases are not read here; write the value out"),
        ("%YAML 1.2\n# c\u{85}%TAG !a! tag:b,2000:\n---\nc: d", "f.yaml:2:5: error: tags (!…) are not read here"),
        ("a: !x {b: 1}", "f.yaml:1:4: error: tags (!…) are not read here"),
        ("a: &x 1\nb: *x", "f.yaml:1:4: error: anchors and aliases are not read here; write the value out"),
        ("a: *nowhere", "f.yaml:1:4: error: anchors and aliases are not read here; write the value out"),
        (
            "a: 1\n---\nb: 2",
            "f.yaml:2:1: error: not valid YAML: expected a single document in the stream, but found another document"
        ),
        ("a: \u{1}", "f.yaml:1:4: error: not valid YAML: control characters are not allowed"),
        ("a: \u{1F4B0}\r\nb: é\u{80}", "f.yaml:2:5: error: not valid YAML: control characters are not allowed")
    ]) func `what is not read is told with its place`(text: String, expected: String) { #expect(problem(text) == expected) }

    @Test func `an error never quotes the document`() {
        for text in [
            "key: sk-secret-123 : x", "sk-secret-123: 1\nsk-secret-123: 2", "a: [sk-secret-123", "a: \"sk-secret-123",
            "a: @sk-secret-123"
        ] {
            #expect(problem(text)?.contains("secret") == false, "\(text)")
        }
    }

    @Test func `prose with stars and ampersands is no alias`() throws {
        #expect(try yaml("a: 'R&D is *important*'\nb: |\n  *note* & more\nc: x&y *y\n").get()["b"]?.text == "*note* & more\n")
    }

    @Test func `an alias bomb is refused before it is built`() {
        var text = "a0: &a0 [x, x]\n"
        for level in 1...40 { text += "a\(level): &a\(level) [*a\(level - 1), *a\(level - 1)]\n" }
        text += "? *a40\n: boom\n"
        #expect(problem(text)?.contains("anchors and aliases") == true)
    }

    @Test func `size, depth and number of values have bounds`() {
        #expect(problem("abc", LocatedLimits(bytes: 2)) == "f.yaml: error: larger than 2 bytes")
        #expect(
            problem(String(repeating: "[", count: 70) + String(repeating: "]", count: 70))?.contains("nested deeper than 64")
                == true)
        #expect(problem(String(repeating: "- ", count: 100_000) + "x") != nil)
        #expect(problem(String(repeating: "[", count: 500_000)) != nil)
        #expect(problem(String(repeating: "{a: ", count: 200_000)) != nil)
        #expect(problem("[1,2,3]", LocatedLimits(nodes: 3))?.contains("more than 3 values") == true)
    }

    @Test func `a percent sign that declares nothing is text`() throws {
        #expect(try yaml("%YAML 1.1\n---\na: |\n %TAG !a! b\nb: 5%\n").get()["a"]?.text == "%TAG !a! b\n")
    }

    @Test func `an empty document is an empty mapping`() throws {
        for text in ["", "\n", "# only a comment\n", "---\n"] {
            let node = try yaml(text).get()
            #expect(node.pairs?.isEmpty == true || node.isNull, "\(text)")
        }
        #expect(throws: Diagnostic.self) { try LocatedReader.yaml([0x61, 0xFF], file: "f") }
    }

    @Test func `JSON is read with places, too`() throws {
        let text = "{\n  \"a\": [1.50,\n    {\"é\": null}],\n  \"b\": \"\\ud83d\\ude00\"\n}"
        let node = try LocatedReader.json(Array(text.utf8), file: "f.json")
        #expect(node["a"]?.elements?[1].mark == TextMark(line: 3, column: 5))
        #expect(node["a"]?.elements?[1]["é"]?.mark == TextMark(line: 3, column: 11))
        #expect(node.json == ["a": [.number("1.50"), ["é": .null]], "b": "😀"])
        do throws(Diagnostic) {
            _ = try LocatedReader.json(Array("{\"a\": 1,\n \"a\": 2}".utf8), file: "f.json")
            Issue.record("a duplicate was taken")
        } catch {
            #expect(error.description == "f.json:2:2: error: a key that stands twice in one object")
        }
    }
}
