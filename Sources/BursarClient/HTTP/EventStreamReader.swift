/// One event of a `text/event-stream`. *Value.* Not trusted.
package struct ServerSentEvent: Equatable, Sendable {
    /// `message` where the stream names none.
    package var name: String
    package var data: String
    /// The last id that the stream has told, with this event or before it; empty: none.
    package var id: String

    package init(name: String, data: String, id: String) { (self.name, self.data, self.id) = (name, data, id) }
}

/// Reads a `text/event-stream` in whatever pieces it comes (HTML, "Server-sent events"). *Value.*
package struct EventStreamReader: Sendable {
    /// Bytes of one event; a longer one is a mistake or an attack.
    private let limit: Int
    private var line: [UInt8] = []
    /// A carriage return ended the last line: a line feed behind it belongs to it.
    private var skipsLineFeed = false
    private var isFirstLine = true
    private var name = ""
    private var data: [UInt8] = []
    private var hasData = false
    private var id = ""
    /// After how many milliseconds the server wants to be asked again; nil: it did not say.
    package private(set) var retry: Int?

    package init(limit: Int) { self.limit = limit }

    /// An event is larger than what is taken.
    package struct TooLarge: Error { package init() {} }

    /// - Returns: the events that are whole with these bytes.
    package mutating func read(_ bytes: [UInt8]) throws(TooLarge) -> [ServerSentEvent] {
        var events: [ServerSentEvent] = []
        var rest = bytes[...]
        while !rest.isEmpty {
            if skipsLineFeed {
                skipsLineFeed = false
                if rest.first == 0x0A { rest.removeFirst() }
            }
            guard let end = rest.firstIndex(where: { $0 == 0x0A || $0 == 0x0D }) else {
                line += rest
                rest = []
                break
            }
            line += rest[..<end]
            skipsLineFeed = rest[end] == 0x0D
            rest = rest[(end + 1)...]
            if let event = lineEnded() { events.append(event) }
        }
        guard line.count + data.count <= limit else { throw TooLarge() }
        return events
    }

    private mutating func lineEnded() -> ServerSentEvent? {
        defer { line.removeAll(keepingCapacity: true) }
        if isFirstLine {
            isFirstLine = false
            if line.starts(with: [0xEF, 0xBB, 0xBF]) { line.removeFirst(3) }
        }
        guard !line.isEmpty else { return dispatched() }
        let colon = line.firstIndex(of: UInt8(ascii: ":"))
        // A comment.
        if colon == 0 { return nil }
        let field = String(decoding: line[..<(colon ?? line.endIndex)], as: UTF8.self)
        var value = colon.map { line[($0 + 1)...] } ?? []
        if value.first == 0x20 { value.removeFirst() }
        switch field {
        case "event": name = String(decoding: value, as: UTF8.self)
        case "data":
            if hasData { data.append(0x0A) }
            data += value
            hasData = true
        case "id": if !value.contains(0) { id = String(decoding: value, as: UTF8.self) }
        case "retry":
            if !value.isEmpty, value.count <= 9, value.allSatisfy({ (0x30...0x39).contains($0) }) {
                retry = Int(String(decoding: value, as: UTF8.self))
            }
        default: break
        }
        return nil
    }

    private mutating func dispatched() -> ServerSentEvent? {
        defer { (name, data, hasData) = ("", [], false) }
        guard hasData else { return nil }
        return ServerSentEvent(name: name.isEmpty ? "message" : name, data: String(decoding: data, as: UTF8.self), id: id)
    }
}
