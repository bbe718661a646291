import BursarModel

/// Times of a gateway's answer for a table whose head says UTC. Pure.
enum UTCText {
    /// "2026-11-24 10:00:05", or what was there instead of a time.
    static func second(_ text: String?) -> String {
        guard let text, let time = WallTime(rfc3339: text) else { return TerminalText.shown(text ?? "-") }
        let shown = WallTime(milliseconds: time.milliseconds).rfc3339
        return shown.prefix(10) + " " + shown.dropFirst(11).prefix(8)
    }

    /// "2026-11-24", and the time where it is not midnight.
    static func day(_ text: String?) -> String {
        let shown = second(text)
        return shown.hasSuffix(" 00:00:00") ? String(shown.prefix(10)) : shown
    }
}
