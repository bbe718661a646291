import BursarModel
import Testing

@testable import BursarCatalog

@Suite struct JSONReaderTests {
    @Test func `an object of many members is made in time that grows with them`() {
        let members = (0..<50_000).map { JSONObject.Member(key: "k\($0)", value: .null) }
        let time = ContinuousClock().measure { #expect(JSONObject(members + members).members.count == members.count) }
        // Looking each key up along the list costs the square.
        #expect(time < .seconds(10))
    }

    @Test(arguments: [2, 40]) func `of members with one key the last value counts, at the place of the first`(count: Int) {
        let members = (0..<count).map { JSONObject.Member(key: "k\($0)", value: .integer($0)) }
        let object = JSONObject(
            members + [.init(key: "k1", value: "last"), .init(key: "e\u{301}", value: 1), .init(key: "\u{E9}", value: 2)])
        #expect(object.members.count == count + 2)
        #expect(object.members[1] == .init(key: "k1", value: "last"))
        #expect(JSONObject(members).members == members)
        let lookup = JSONObject.Lookup(object, keys: 1_000)
        #expect(
            lookup["k0"] == 0 && lookup["k1"] == "last" && lookup["e\u{301}"] == 1 && lookup["\u{E9}"] == 2 && lookup["z"] == nil)
    }

    private func read(_ text: String) throws -> JSONValue { try JSONReader.read(Array(text.utf8)) }

    private func reason(_ text: String) -> JSONError.Reason? { error(Array(text.utf8))?.reason }

    private func error(_ bytes: [UInt8], _ limits: JSONLimits = JSONLimits()) -> JSONError? {
        do throws(JSONError) {
            _ = try JSONReader.read(bytes, limits: limits)
            return nil
        } catch {
            return error
        }
    }

    @Test func `a number keeps its own text`() throws {
        let value = try read(#"{"a":12.3400,"b":[-0,1e2,1.50E+1]}"#)
        #expect(value["a"] == .number("12.3400"))
        #expect(value["b"] == [.number("-0"), .number("1e2"), .number("1.50E+1")])
        #expect(value["a"]?.decimal?.description == "12.3400")
    }

    @Test func `members keep their order`() throws {
        let value = try read(#"{"z":1,"a":2,"m":{"y":3,"b":4}}"#)
        #expect(value.object?.members.map(\.key) == ["z", "a", "m"])
        #expect(JSONWriter.compact(value) == Array(#"{"z":1,"a":2,"m":{"y":3,"b":4}}"#.utf8))
    }

    @Test(arguments: [
        (#""\"\\\/\b\f\n\r\t""#, "\"\\/\u{8}\u{C}\n\r\t"), (#""\u00e9\u20AC""#, "é€"), (#""\ud83d\ude00x""#, "😀x"),
        (#""é😀""#, "é😀"), (#""""#, ""), (#""a\u0000b""#, "a\0b")
    ]) func `strings are read with their escapes`(text: String, expected: String) throws {
        #expect(try read(text) == .string(expected))
    }

    @Test(arguments: ["null", "true", "false", "0", "-1.5e-3", "[]", "{}", " \t\r\n[ 1 , 2 ] \n", #""x""#])
    func `every kind of value may stand alone`(text: String) { #expect(reason(text) == nil) }

    @Test(arguments: [
        ("", JSONError.Reason.empty), ("  ", .empty), ("nul", .unexpectedEnd), ("nulL", .unexpectedByte),
        ("TRUE", .unexpectedByte),
        ("01", .malformedNumber), ("-", .unexpectedEnd), ("-x", .malformedNumber), ("1.", .unexpectedEnd),
        ("1.e1", .malformedNumber),
        (".5", .unexpectedByte), ("+1", .unexpectedByte), ("1e", .unexpectedEnd), ("1e+", .unexpectedEnd),
        ("NaN", .unexpectedByte),
        ("Infinity", .unexpectedByte), ("0x10", .trailingBytes), ("1 2", .trailingBytes), ("{}}", .trailingBytes),
        ("[1,]", .unexpectedByte), ("[,1]", .unexpectedByte), ("{,}", .unexpectedByte), (#"{"a":1,}"#, .unexpectedByte),
        (#"{"a"}"#, .unexpectedByte), (#"{"a":}"#, .unexpectedByte), ("{a:1}", .unexpectedByte), ("{'a':1}", .unexpectedByte),
        ("[1", .unexpectedEnd), (#"{"a":1"#, .unexpectedEnd), (#""abc"#, .unexpectedEnd),
        ("\"a\u{1}b\"", .controlCharacterInString),
        ("\"a\nb\"", .controlCharacterInString), (#""\x""#, .malformedEscape), (#""\u12G4""#, .malformedEscape),
        (#""\u12"#, .unexpectedEnd), (#""\ud800""#, .loneSurrogate), (#""\udc00""#, .loneSurrogate),
        (#""\ud800\ud800""#, .loneSurrogate), (#""\ud800x""#, .loneSurrogate), ("\u{FEFF}{}", .unexpectedByte),
        ("// c\n1", .unexpectedByte), (#"{"a":1,"a":2}"#, .duplicateKey), (#"{"x":[{"a":1,"b":2,"a":1}]}"#, .duplicateKey),
        (#"{"\u0061":1,"a":2}"#, .duplicateKey)
    ]) func `what is not JSON, or not JSON that all readers take alike, is refused`(text: String, expected: JSONError.Reason) {
        #expect(reason(text) == expected)
    }

    /// RFC 8259's grammar has half a surrogate pair (8.2), and keys that stand twice (4).
    @Test(arguments: [
        (#"{"balance":12.5,"name":"\uD800"}"#, "the body is refused: half a surrogate pair at byte 24"),
        (#"{"balance":12.5,"balance":1}"#, "the body is refused: a key that stands twice in one object at byte 16"),
        (#"{"balance":12.5,"name":"\x"}"#, "the body is not JSON: a malformed escape at byte 24")
    ]) func `JSON that is refused here is not called something else`(body: String, reason: String) throws {
        #expect(try Catalog.single(definition()).failure(body)?.reason == reason)
    }

    @Test func `invalid UTF-8 is refused wherever it stands`() {
        for bad in [[0xFF], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xE2, 0x82]] as [[UInt8]] {
            #expect(error(Array("\"a".utf8) + bad + Array("\"".utf8))?.reason == .invalidUTF8)
            #expect(error(Array("\"\\n".utf8) + bad + Array("\"".utf8))?.reason == .invalidUTF8)
            #expect(error(bad)?.reason == .unexpectedByte)
        }
    }

    @Test func `depth and size have bounds`() {
        let deep = { (count: Int) in Array((String(repeating: "[", count: count) + String(repeating: "]", count: count)).utf8) }
        #expect(error(deep(64)) == nil)
        #expect(error(deep(65))?.reason == .tooDeep(limit: 64))
        // Unclosed, as an attacker sends it: the bound ends it, not the stack.
        #expect(error(Array(repeating: UInt8(ascii: "["), count: 1 << 20))?.reason == .tooDeep(limit: 64))
        let nested = String(repeating: #"{"a":"#, count: 65) + "1"
        #expect(error(Array(nested.utf8))?.reason == .tooDeep(limit: 64))
        #expect(error(Array(repeating: 0x20, count: (1 << 20) + 1))?.reason == .tooLarge(limit: 1 << 20))
        #expect(error([0x31], JSONLimits(bytes: 0))?.reason == .tooLarge(limit: 0))
    }

    /// Found by a rule of the fuzzer (docs/fuzzing.md): a long object was refused for two such keys, and in a short one the first was found for both.
    @Test(arguments: [0, 40]) func `keys that only look alike are two keys, among few and among many`(others: Int) throws {
        let members = (0..<others).map { "\"k\($0)\":0," }.joined()
        let value = try JSONReader.read(Array("{\(members)\"\u{E9}\":1,\"e\u{301}\":2}".utf8))
        #expect(value["\u{E9}"] == 1)
        #expect(value["e\u{301}"] == 2)
        #expect(reason("{\(members)\"e\u{301}\":1,\"e\\u0301\":2}") == .duplicateKey)
    }

    @Test func `a duplicate among many keys is found`() {
        let members = (0..<20_000).map { "\"k\($0)\":0" }.joined(separator: ",")
        #expect(reason("{\(members)}") == nil)
        #expect(reason("{\(members),\"k77\":1}") == .duplicateKey)
    }

    @Test func `an error tells the place and nothing of the text`() {
        let error = error(Array(#"{"secret-key":sk-123}"#.utf8))
        #expect(error == JSONError(offset: 14, reason: .unexpectedByte))
        #expect(error?.description == "an unexpected character at byte 14")
    }

    @Test func `numbers that overflow everything are numbers all the same`() throws {
        let digits = String(repeating: "9", count: 10_000)
        #expect(try read(digits) == .number(digits))
        #expect(try read(digits).decimal == nil)
        #expect(try read("1e999999999").decimal == nil)
        #expect(try read("99999999999999999999").integer == nil)
    }
}
