package import BursarModel

extension CooldownHint {
    /// `Retry-After` in any form that can be read, and `Retry-After-Ms`. The field stands once; where several waits are told, by a
    /// server and a proxy for instance, the longest is kept. One that cannot be read does not hide another.
    package static func retryAfter(_ field: (String) -> [String], now: WallTime) -> CooldownHint? {
        let time = serverTime(field, now: now)
        let told = field("retry-after").flatMap { line in
            // A date has a comma itself: the whole line first.
            hint(line, now: now, serverTime: time).map { [$0] }
                ?? line.split(separator: ",").compactMap { hint(String($0), now: now, serverTime: time) }
        }
        let milliseconds = field("retry-after-ms").compactMap { value in
            DelayText.read(value, unit: 1, now: time).flatMap { CooldownHint(wait: $0, source: .retryAfterMilliseconds) }
        }
        return (told + milliseconds).max { $0.wait < $1.wait }
    }

    private static func hint(_ text: String, now: WallTime, serverTime: WallTime) -> CooldownHint? {
        if let wait = DelayText.read(text, now: serverTime) { return CooldownHint(wait: wait, source: .retryAfterSeconds) }
        guard let date = WallTime(httpDate: text, now: now) else { return nil }
        return CooldownHint(wait: serverTime.duration(to: date), source: .retryAfterDate)
    }
}
