import BursarModel

extension CooldownHint {
    /// `Retry-After` in either form. The field stands once; where a server and a proxy both wrote one, the longer wait is kept.
    static func retryAfter(_ field: (String) -> [String], now: WallTime) -> CooldownHint? {
        field("retry-after")
            .compactMap { value -> CooldownHint? in
                if let seconds = parseSeconds(value) {
                    return CooldownHint(wait: .seconds(seconds), source: .retryAfterSeconds)
                }
                guard let date = WallTime(httpDate: value, now: now) else { return nil }
                return CooldownHint(wait: serverTime(field, now: now).duration(to: date), source: .retryAfterDate)
            }
            .max { $0.wait < $1.wait }
    }
}
