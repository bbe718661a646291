import BursarBasics
package import BursarModel

/// When a provider said to come back. *Value.* What it told, not what is done: ``Cooldown`` caps it.
package struct CooldownHint: Sendable, Hashable {
    /// From when the answer came; above zero.
    package let wait: Duration
    package let source: Source

    /// - Parameter wait: zero or less is no hint (claude-code#30930 told 0 for hours).
    package init?(wait: Duration, source: Source) {
        guard wait > .zero else { return nil }
        self.wait = wait
        self.source = source
    }

    /// Where it stood, in the order of belief.
    package enum Source: String, Sendable, CaseIterable {
        /// `Retry-After: 17` (RFC 9110 10.2.3), also as `299.997`, `300s` or a Unix time.
        case retryAfterSeconds = "retry_after_seconds"
        /// `Retry-After: Sun, 06 Nov 1994 08:49:37 GMT`.
        case retryAfterDate = "retry_after_date"
        /// `Retry-After-Ms: 1500`, which some send beside it.
        case retryAfterMilliseconds = "retry_after_ms"
        /// `RateLimit: "p";r=0;t=30` (httpapi draft), or its form with `reset=30` of earlier drafts.
        case rateLimit = "rate_limit"
        /// `RateLimit-Reset: 30`, seconds (drafts before the structured field), or a Unix time.
        case rateLimitReset = "rate_limit_reset"
        /// "Expected available in 17 seconds." in the body.
        case throttleText = "throttle_text"
    }
}

extension CooldownHint {
    /// The hint of an answer, nil where it gives none. Zero, negative, past and malformed values are none, and the next form is
    /// looked at.
    /// - Parameters:
    ///   - status: what the answer means: of an error inside a 2xx, the status that it carries; 429 for whatever a definition
    ///     calls `rate_limited`. A 429 is read in every form; a 503 by its Retry-After alone, because the other forms speak of
    ///     quotas; any other status has no hint. `X-RateLimit-Reset` is never read: it is a Unix time at one provider and seconds
    ///     at another.
    ///   - field: the values of a field by its lowercased name, one for each line.
    ///   - body: of which the first 4 KiB are searched.
    ///   - now: the moment the answer came, for an answer without `Date`.
    package static func read(
        status: Int, field: (String) -> [String], body: some Collection<UInt8>, now: WallTime
    ) -> CooldownHint? {
        switch status {
        case 503:
            return retryAfter(field, now: now)
        case 429:
            return retryAfter(field, now: now) ?? rateLimit(field, now: now) ?? throttleText(body)
        default:
            return nil
        }
    }

    /// The time at the provider: its `Date`, so that neither clock's error lengthens or shortens a wait that is told as a time.
    static func serverTime(_ field: (String) -> [String], now: WallTime) -> WallTime {
        field("date").lazy.compactMap { WallTime(httpDate: $0, now: now) }.first ?? now
    }
}

/// Whole seconds as HTTP writes them: ASCII digits only, blanks around them allowed. A number too large for the clock is
/// the largest, not malformed: it surely means "much later".
func parseSeconds(_ text: some StringProtocol) -> Int64? {
    let digits = text.utf8.drop { $0 == 0x20 || $0 == 0x09 }
    var value: Int64 = 0
    var count = 0
    var rest = digits[...]
    while let byte = rest.first, byte.isASCIIDigit {
        value = value.multipliedSaturating(by: 10).addingSaturating(Int64(byte - 0x30))
        count += 1
        rest = rest.dropFirst()
    }
    guard count > 0, rest.allSatisfy({ $0 == 0x20 || $0 == 0x09 }) else { return nil }
    return value
}
