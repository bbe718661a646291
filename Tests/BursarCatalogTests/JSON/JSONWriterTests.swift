import Testing

@testable import BursarCatalog

@Suite struct JSONWriterTests {
    /// DEL need not be escaped. A terminal acts on it, so no writer of ours lets it out.
    @Test func `compact JSON has no space, and escapes what it must and what a terminal acts on`() {
        let value: JSONValue = ["a": [1, true, .null], "b/é": "\"\\\n\r\t\u{1}\u{1F}\u{7F}</script>"]
        let text = String(decoding: JSONWriter.compact(value), as: UTF8.self)
        #expect(text == #"{"a":[1,true,null],"b/é":"\"\\\n\r\t\u0001\u001f\u007f</script>"}"#)
    }

    @Test func `pretty JSON has two spaces a level`() {
        let value: JSONValue = ["a": [1, ["b": [:]]], "c": []]
        #expect(
            String(decoding: JSONWriter.pretty(value), as: UTF8.self) == """
                {
                  "a": [
                    1,
                    {
                      "b": {}
                    }
                  ],
                  "c": []
                }

                """)
    }

    @Test func `what is written is read back the same`() throws {
        let value: JSONValue = ["n": .number("1.500"), "s": "😀\u{0}", "o": ["x": .null, "y": [[], [:]]]]
        #expect(try JSONReader.read(JSONWriter.compact(value)) == value)
        #expect(try JSONReader.read(JSONWriter.pretty(value)) == value)
    }
}
