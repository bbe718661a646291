import Testing

@testable import BursarClient

struct EventStreamReaderTests {
    private func events(_ text: String, piece: Int = .max) throws -> [ServerSentEvent] {
        var reader = EventStreamReader(limit: 1_000)
        var events: [ServerSentEvent] = []
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            events += try reader.read(Array(rest.prefix(piece)))
            rest = rest.dropFirst(piece)
        }
        return events
    }

    @Test(arguments: [1, 2, 3, 7, Int.max])
    func `events are the same in whatever pieces they come`(piece: Int) throws {
        let text =
            "\u{FEFF}retry: 100\n\n: a comment\nid: 1\nevent: row\ndata: {\"a\":\"é\"}\n\nevent: bye\r\ndata\r\n\r\n"
            + "data:one\rdata: two\rid: x\r\rid\ndata:  three\n\ndata: cut off"
        #expect(
            try events(text, piece: piece) == [
                ServerSentEvent(name: "row", data: "{\"a\":\"é\"}", id: "1"), ServerSentEvent(name: "bye", data: "", id: "1"),
                ServerSentEvent(name: "message", data: "one\ntwo", id: "x"),
                ServerSentEvent(name: "message", data: " three", id: "")
            ])
    }

    @Test func `an event without data is none, and its id counts for the next`() throws {
        #expect(
            try events("event: row\nid: 7\n\ndata: x\n\n") == [ServerSentEvent(name: "message", data: "x", id: "7")])
    }

    @Test func `what the server says of trying again is taken where it is a number`() throws {
        var reader = EventStreamReader(limit: 100)
        _ = try reader.read(Array("retry: soon\nretry: 99999999999999999999\n".utf8))
        #expect(reader.retry == nil)
        _ = try reader.read(Array("retry: 2500\n".utf8))
        #expect(reader.retry == 2_500)
    }

    @Test func `an event without an end is not kept for ever`() {
        var reader = EventStreamReader(limit: 100)
        #expect(throws: EventStreamReader.TooLarge.self) {
            for _ in 0..<20 { _ = try reader.read(Array("data: 0123456789\n".utf8)) }
        }
    }
}
