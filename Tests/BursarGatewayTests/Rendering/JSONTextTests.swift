import Testing

@testable import BursarGateway

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
        }
        #expect(
            String(decoding: json.bytes, as: UTF8.self) == #"{"a":"q\" b\\ n\u000a \u007f é \u009b","b":[1,null,{}],"c":null}"#)
    }
}
