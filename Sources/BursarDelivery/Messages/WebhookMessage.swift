import BursarBasics
import BursarCatalog
import BursarHash
import BursarInsight
import BursarModel

/// A message after Standard Webhooks 1.0, and its signature. Pure. Programs get the same body on their input.
enum WebhookMessage {
    /// `type` is the gravest event's; `data.events` has as many as fit.
    static func body(_ message: AlertText) -> [UInt8] { encoded(message.fitting { encoded($0).count < mostBytes }) }

    /// Standard Webhooks asks for less than 20 kB.
    private static let mostBytes = 20_000

    private static func encoded(_ message: AlertText) -> [UInt8] {
        JSONWriter.compact([
            "type": .string(message.kind.rawValue), "timestamp": .string(message.at.rfc3339),
            "data": [
                "title": .string(message.title), "count": .integer(message.count), "more": .integer(message.more),
                "events": .array(message.items.map { event($0.event, $0.words) })
            ]
        ])
    }

    static func fields(id: String, at: WallTime, body: [UInt8], keys: [Secret]) -> [(name: String, value: String)] {
        let timestamp = String(at.milliseconds / 1_000)
        return [
            ("content-type", "application/json"), ("webhook-id", id), ("webhook-timestamp", timestamp),
            (
                "webhook-signature",
                keys.map { signature(id: id, timestamp: timestamp, body: body, key: $0) }.joined(separator: " ")
            )
        ]
    }

    static func signature(id: String, timestamp: String, body: [UInt8], key: Secret) -> String {
        let digest = key.withExposedBytes { KeyedHash(key: $0) }.digest { input in
            Array("\(id).\(timestamp).".utf8).withUnsafeBytes { input.update($0) }
            body.withUnsafeBytes { input.update($0) }
        }
        return "v1," + digest.withUnsafeBytes(Base64.encode)
    }

    private static func event(_ event: AlertEvent, _ words: AlertWords) -> JSONValue {
        func text(_ value: String?) -> JSONValue { value.map { .string($0) } ?? .null }
        func seconds(_ milliseconds: String?) -> JSONValue {
            milliseconds.flatMap { Int($0) }.map { .integer($0 / 1_000) } ?? .null
        }
        var object: JSONObject = [
            "id": .string(event.id), "type": .string(event.kind.rawValue), "account": text(event.key.map { "\($0.account)" }),
            "rule": text(event.key?.rule), "at": .string(event.at.rfc3339), "since": .string(event.since.rfc3339),
            "reminder": .bool(event.isReminder), "value": text(event.facts.value?.description),
            "unit": text(event.facts.unit?.name), "read_at": .string(event.facts.readAt.rfc3339)
        ]
        switch event.kind {
        case .low: object["limit"] = text(event.limit)
        case .runwayShort:
            object["limit_seconds"] = seconds(event.limit)
            object["expected_seconds"] = seconds(event.facts.detail)
        case .unknown, .keyRejected:
            object["limit_seconds"] = seconds(event.limit)
            object["problem"] = text(event.facts.detail)
        case .toppedUp: object["added"] = text(event.facts.detail)
        case .recovered where event.endsRunway:
            object["limit_seconds"] = seconds(event.limit)
            object["expected_seconds"] = seconds(event.facts.detail)
        case .recovered: object["limit"] = text(event.limit)
        case .known: object["limit_seconds"] = seconds(event.limit)
        case .test: break
        }
        if let firing = event.firing { object["firing"] = .string(firing) }
        if let before = event.before {
            var then: JSONObject = [
                "value": text(before.value?.description), "unit": text(before.unit?.name),
                "read_at": .string(before.readAt.rfc3339)
            ]
            if event.kind == .runwayShort || event.endsRunway { then["expected_seconds"] = seconds(before.detail) }
            object["before"] = .object(then)
        }
        object["title"] = .string(words.title)
        object["text"] = .string(words.text)
        object["remedy"] = text(words.remedy)
        object["link"] = text(words.link)
        return .object(object)
    }
}

extension AlertEvent {
    /// Whether what ends is a runway's: of the rules that end so, only that one has a word more.
    fileprivate var endsRunway: Bool { kind == .recovered && before?.detail != nil }
}
