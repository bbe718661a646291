import BursarModel

/// How a log line looks. *Value.* Pure.
package enum LogFormat: String, Sendable, CaseIterable {
    /// For people: `22:56:00.123 info  request method=GET status=200`.
    case text
    /// For collectors: one JSON object a line (`time`, `level`, `message`, then the fields).
    case json

    /// - Parameter fields: in the order in which they are to stand.
    func line(time: WallTime, level: String, message: String, fields: [(name: String, value: String)]) -> [UInt8] {
        switch self {
        case .json:
            var json = JSONText()
            json.object { json in
                json.string("time", time.rfc3339)
                json.string("level", level)
                json.string("message", message)
                for field in fields { json.string(named: field.name, field.value) }
            }
            return json.bytes
        case .text:
            var line = String(time.rfc3339.dropFirst(11).dropLast())
            line += " " + level.padding(to: 8) + message
            for field in fields { line += " \(field.name)=\(Self.quotedWhereNeeded(field.value))" }
            return Array(line.utf8)
        }
    }

    /// Control characters never reach the terminal: they would let a caller write lines or escape codes of its own.
    private static func quotedWhereNeeded(_ value: String) -> String {
        let isPlain = !value.isEmpty && value.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "\"") }
        if isPlain { return value }
        var json = JSONText()
        json.string(nil, value)
        return String(decoding: json.bytes, as: UTF8.self)
    }
}

extension String {
    package func padding(to width: Int) -> String { self + String(repeating: " ", count: max(1, width - count)) }
}
