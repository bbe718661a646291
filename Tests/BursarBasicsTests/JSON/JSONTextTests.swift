import BursarBasics
import Testing

@Suite struct JSONTextTests {
    @Test func `JSON text escapes what must be escaped and commas stand between`() {
        var json = JSONText()
        json.object { json in
            json.string("a", "q\" b\\ n\n \u{7F} é \u{9B}")
            json.array("b") { json in
                json.integer(nil, 1)
                json.bool(nil, nil)
                json.object { _ in }
            }
            json.string("c", nil)
            json.strings("d", ["x", "\""])
            json.strings("e", [])
        }
        #expect(
            String(decoding: json.bytes, as: UTF8.self)
                == #"{"a":"q\" b\\ n\n \u007f é \u009b","b":[1,null,{}],"c":null,"d":["x","\""],"e":[]}"#)
    }

    @Test(arguments: [
        ("", "\"\""), ("a\tb\r\n", #""a\tb\r\n""#), ("\u{0}\u{1F}", #""\u0000\u001f""#),
        ("\u{80}\u{9F}\u{A0}é", "\"\\u0080\\u009f\u{A0}é\""), ("<&>", #""<&>""#),
        (
            "a\u{2028}\u{2029}\u{200E}\u{200F}\u{202A}\u{202E}\u{2066}\u{2069}\u{61C}b",
            #""a\u2028\u2029\u200e\u200f\u202a\u202e\u2066\u2069\u061cb""#
        ),
        (
            "“…” 👩‍🚀 余 ﷼ ڜ \u{200D}\u{2027}\u{2030}\u{2065}\u{206A}\u{61B}",
            "\"“…” 👩‍🚀 余 ﷼ ڜ \u{200D}\u{2027}\u{2030}\u{2065}\u{206A}\u{61B}\""
        )
    ])
    func `strings are escaped as JSON demands, and so that a terminal takes nothing for a command`(text: String, json: String) {
        var bytes: [UInt8] = []
        JSONString.append(text, to: &bytes)
        #expect(String(decoding: bytes, as: UTF8.self) == json)
    }
}
