import BursarBasics
package import BursarModel

/// How a log line looks. *Value.* Pure.
package enum LogFormat: String, Sendable, CaseIterable {
    /// For people: `22:56:00.123 info    request method=GET status=200`.
    case text
    /// For collectors: one JSON object a line (`time`, `level`, `message`, then the fields).
    case json

    /// - Parameter fields: in the order in which they are to stand.
    package func line(time: WallTime, level: String, message: String, fields: [(name: String, value: String)]) -> [UInt8] {
        layout(time: time, level: level, message: message, fields: fields).bytes
    }

    /// The same line, with the places of what another line of its kind would say otherwise.
    package func layout(time: WallTime, level: String, message: String, fields: [(name: String, value: String)]) -> LogLayout {
        var values: [Range<Int>] = []
        values.reserveCapacity(fields.count)
        let timeText = String(decoding: Array(time.rfc3339.utf8)[timePart], as: UTF8.self)
        switch self {
        case .json:
            var json = JSONText()
            var timeStart = 0
            json.object { json in
                json.string("time", timeText)
                timeStart = json.bytes.count - 1 - timeText.utf8.count
                json.string("level", level)
                json.string("message", message)
                for field in fields {
                    json.string(named: field.name, field.value)
                    let end = json.bytes.count - 1
                    // A value with escapes is longer than its text; nobody writes over one.
                    values.append((end - field.value.utf8.count)..<end)
                }
            }
            return LogLayout(bytes: json.bytes, time: timeStart..<(timeStart + timeText.utf8.count), values: values)
        case .text:
            var line = Array((timeText + " " + level.padded(to: 7) + " " + message).utf8)
            for field in fields {
                line.append(0x20)
                line.append(contentsOf: field.name.utf8)
                line.append(UInt8(ascii: "="))
                let start = line.count
                line.append(contentsOf: Self.quotedWhereNeeded(field.value).utf8)
                values.append(start..<line.count)
            }
            return LogLayout(bytes: line, time: 0..<timeText.utf8.count, values: values)
        }
    }

    /// The part of an RFC 3339 time that a line begins with: people know what day it is.
    package var timePart: Range<Int> { self == .json ? 0..<24 : 11..<23 }

    /// Control characters never reach the terminal: they would let a caller write lines or escape codes of its own.
    private static func quotedWhereNeeded(_ value: String) -> String {
        let isPlain = !value.isEmpty && value.utf8.allSatisfy { $0.isVisibleASCII && $0 != UInt8(ascii: "\"") }
        if isPlain { return value }
        var json = JSONText()
        json.string(nil, value)
        return String(decoding: json.bytes, as: UTF8.self)
    }
}

/// A log line and where in it its time and its fields' values stand. *Value.*
package struct LogLayout {
    package let bytes: [UInt8]
    package let time: Range<Int>
    package let values: [Range<Int>]
}
