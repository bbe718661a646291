import BursarBasics
import Testing

/// `traceparent` is a caller's text: what is not exactly a field of the specification is none.
@Suite struct TraceContextTests {
    private static let trace = "4bf92f3577b34da6a3ce929d0e0e4736"
    private static let parent = "00f067aa0ba902b7"
    private static let field = "00-\(trace)-\(parent)-01"

    @Test func `a field of version 00 is read whole, and goes on with another span`() throws {
        let context = try #require(TraceContext(Self.field))
        #expect(context.traceID == Self.trace && context.parentID == Self.parent)
        #expect(context.field(span: 0xAB) == "00-\(Self.trace)-00000000000000ab-01")
    }

    @Test(arguments: [
        "", "00", field.uppercased(), field + "-", field + "0", String(field.dropLast()), " " + field, field + " ",
        "ff-\(trace)-\(parent)-01", "0g-\(trace)-\(parent)-01", "00-\(trace)-\(parent)-0g", "00_\(trace)-\(parent)-01",
        "00-\(trace)_\(parent)-01", "00-\(trace)-\(parent)_01", "00-\(String(repeating: "0", count: 32))-\(parent)-01",
        "00-\(trace)-\(String(repeating: "0", count: 16))-01", "00-\(trace)-\(parent)-01-more", "cc-\(trace)-\(parent)-01more",
        "00-\(trace.dropLast())G-\(parent)-01", "00-\(trace.dropLast())/-\(parent)-01", "00-\(trace.dropLast()):-\(parent)-01",
        "00-\(trace.dropLast())`-\(parent)-01", "00-\(trace.dropLast())\u{7F}-\(parent)-01",
        "00-\(trace.dropLast(2))é-\(parent)-01"
    ])
    func `what is no such field is none`(text: String) { #expect(TraceContext(text) == nil) }

    @Test func `every byte but a lower-case digit spoils an id, wherever it stands`() {
        for byte in UInt8.min...UInt8.max {
            let isDigit = (0x30...0x39).contains(byte) || (0x61...0x66).contains(byte)
            for place in [3, 10, 11, 34, 36, 51] {
                var bytes = Array(Self.field.utf8)
                bytes[place] = byte
                #expect(bytes.withUnsafeBytes { TraceContext($0) != nil } == isDigit, "\(byte) at \(place)")
            }
        }
    }

    @Test func `a later version is read as far as version 00 goes, and goes on as 00`() throws {
        for text in ["cc-\(Self.trace)-\(Self.parent)-01", "cc-\(Self.trace)-\(Self.parent)-01-what-comes"] {
            #expect(try #require(TraceContext(text)).field(span: 1).hasPrefix("00-\(Self.trace)-"))
        }
    }

    @Test func `flags that version 00 does not know are not passed on`() throws {
        #expect(try #require(TraceContext("00-\(Self.trace)-\(Self.parent)-ff")).field(span: 1).hasSuffix("-03"))
        #expect(try #require(TraceContext("00-\(Self.trace)-\(Self.parent)-fc")).field(span: 1).hasSuffix("-00"))
    }

    @Test func `the trace's id is written over bytes`() throws {
        let context = try #require(TraceContext(Self.field))
        var line = Array(repeating: UInt8(ascii: "x"), count: 40)
        line.withUnsafeMutableBufferPointer { context.writeTraceID(over: $0, at: 4) }
        #expect(String(decoding: line, as: UTF8.self) == "xxxx\(Self.trace)xxxx")
    }
}
