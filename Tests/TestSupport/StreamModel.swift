package import BursarCatalog
package import BursarClient

/// What a client makes of a stream: the rows that it has, in its order. *Value.* As docs/api.md tells clients to do it.
package struct StreamModel: Sendable {
    package private(set) var rows: [(name: String, json: JSONValue)] = []
    package private(set) var lastEventID = ""
    package private(set) var events: [ServerSentEvent] = []
    /// Whether the gateway said that it ends, and why.
    package private(set) var bye: String?
    private var reader = EventStreamReader(limit: 64 << 20)
    package var retry: Int? { reader.retry }

    package struct Surprise: Error { package let text: String }

    package init() {}

    package mutating func read(_ bytes: [UInt8]) throws {
        for event in try reader.read(bytes) { try apply(event) }
    }

    /// The connection ended: what had begun of an event is dropped, what is known stays.
    package mutating func cut() {
        reader = EventStreamReader(limit: 64 << 20)
        bye = nil
    }

    package func count(_ name: String) -> Int { events.count { $0.name == name } }

    private mutating func apply(_ event: ServerSentEvent) throws {
        events.append(event)
        if !event.id.isEmpty { lastEventID = event.id }
        let json = try JSONReader.read(Array(event.data.utf8), limits: JSONLimits(bytes: event.data.utf8.count))
        switch event.name {
        case "snapshot":
            rows = try (json["balances"]?.elements ?? []).map { (try Self.name($0), $0) }
            guard json["summary"]?["accounts"]?.integer == rows.count else { throw Surprise(text: "the summary is wrong") }
        case "row":
            let name = try Self.name(json)
            guard let index = rows.firstIndex(where: { $0.name == name }) else { throw Surprise(text: "\(name) was not there") }
            rows[index].json = json
        case "gone":
            let name = try Self.name(json)
            rows.removeAll { $0.name == name }
        case "bye": bye = json["reason"]?.text
        default: throw Surprise(text: "an event \(event.name)")
        }
    }

    private static func name(_ json: JSONValue) throws -> String {
        guard let provider = json["provider"]?.text, let account = json["account"]?.text else {
            throw Surprise(text: "a row without a name")
        }
        return "\(provider)/\(account)"
    }
}
