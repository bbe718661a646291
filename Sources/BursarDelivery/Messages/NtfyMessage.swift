import BursarInsight
import BursarModel

/// What an ntfy server takes: the text as the body, the rest as header fields. Pure.
enum NtfyMessage {
    static func body(_ message: AlertText) -> [UInt8] {
        let text = message.text(upTo: mostBytes, isTitled: false) { $0.utf8.count }
        return Array(text.utf8)
    }

    /// Longer ones are made attachments there.
    private static let mostBytes = 4_000

    static func fields(_ message: AlertText, token: Secret?) -> [(name: String, value: String)] {
        var fields: [(name: String, value: String)] = [
            ("content-type", "text/plain; charset=utf-8"), ("title", message.title), ("priority", priority(of: message.kind)),
            ("tags", message.kind.isFiring ? "warning" : "white_check_mark")
        ]
        if let link = message.items.first?.words.link { fields.append(("click", link)) }
        if let token {
            fields.append(("authorization", token.withExposedBytes { "Bearer " + String(decoding: $0, as: UTF8.self) }))
        }
        return fields
    }

    private static func priority(of kind: AlertEvent.Kind) -> String {
        switch kind {
        case .keyRejected, .low: "high"
        default: "default"
        }
    }
}
