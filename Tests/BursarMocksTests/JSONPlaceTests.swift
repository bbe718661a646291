import BursarBasics
import TestSupport
import Testing

@testable import BursarMocks

struct JSONPlaceTests {
    private func value(_ path: [JSONStep], in text: String) -> String? {
        let bytes = Array(text.utf8)
        return JSONPlace(path, in: bytes).map { String(decoding: bytes[$0.value], as: UTF8.self) }
    }

    @Test func `a way through objects and arrays finds the value's own text`() {
        let text = #" { "a" : [ 1 , { "b" : "x\"}" , "c":12.3400 } , [] ] , "d" : null } "#
        #expect(value([.key("a"), .index(1), .key("c")], in: text) == "12.3400")
        #expect(value([.key("a"), .index(1), .key("b")], in: text) == #""x\"}""#)
        #expect(value([.key("a"), .index(2)], in: text) == "[]")
        #expect(value([.key("d")], in: text) == "null")
        #expect(value([.key("a"), .index(0)], in: text) == "1")
        #expect(value([], in: " 5 ") == "5")
    }

    @Test func `a way that leads nowhere is nil`() {
        let text = #"{"a":[1],"b":{}}"#
        #expect(value([.key("x")], in: text) == nil)
        #expect(value([.key("a"), .index(1)], in: text) == nil)
        #expect(value([.key("a"), .index(-1)], in: text) == nil)
        #expect(value([.key("a"), .key("a")], in: text) == nil)
        #expect(value([.key("b"), .index(0)], in: text) == nil)
        #expect(value([.key("b"), .key("")], in: text) == nil)
    }

    @Test(arguments: [
        "", "{", "[", "{\"", "{\"a", "{\"a\\", "{\"a\"", "{\"a\":", "{\"a\":{\"b\":", "{,}", "{\"a\" 1}", "]", ":", "\"\\",
        "{\"x\":[1,{\"y\":", "{\"x\":}", "{\"x\":]"
    ])
    func `broken text is nil and never a trap`(text: String) {
        #expect(value([.key("a")], in: text) == nil)
    }

    @Test func `nesting beyond what an example may have is nil, not a full stack`() {
        let deep = "{\"x\":" + String(repeating: "[", count: 200_000) + "}"
        #expect(value([.key("a")], in: deep) == nil)
    }

    @Test func `the member reaches from its key to its value`() {
        let bytes = Array(#"{"x":{"balance" : 5},"y":1}"#.utf8)
        let place = JSONPlace([.key("x"), .key("balance")], in: bytes)
        #expect(place?.member.map { String(decoding: bytes[$0], as: UTF8.self) } == #""balance" : 5"#)
    }

    @Test func `random bytes never trap`() {
        var random = SplitMix64(seed: RandomTest.seed("places in random bytes"))
        let alphabet = Array("{}[]\",:\\ a0-1.tfn\u{0}".utf8)
        for _ in 0..<20_000 {
            let text = (0..<Int.random(in: 0...24, using: &random)).map { _ in alphabet.randomElement(using: &random) ?? 0 }
            _ = JSONPlace([.key("a"), .index(0)], in: text)
            _ = JSONPlace([.index(1)], in: text)
            _ = ExampleText(text).insertingMember("e", value: "1")
        }
    }
}
