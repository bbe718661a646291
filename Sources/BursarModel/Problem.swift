/// Why there is no newer reading: a closed set, the same in rows, problem documents, logs and metrics. *Value.*
package enum ProblemCode: String, Sendable, CaseIterable {
    /// 401, or what a definition says means it: the provider rejected the key.
    case unauthorized
    /// 403: the key is known but may not ask.
    case forbidden
    /// 429, or a cooldown that still runs.
    case rateLimited = "rate_limited"
    /// No answer in time.
    case timeout
    /// Refused, reset, DNS or TLS: no answer at all.
    case unreachable
    /// 5xx, or any other status that no definition gives a meaning.
    case upstreamError = "upstream_error"
    /// A 2xx that is not what the provider documents.
    case invalidResponse = "invalid_response"
    /// Too many failures in a row: the provider is not asked until the probe.
    case circuitOpen = "circuit_open"

    /// A key that was rejected must not go on showing a balance: stale readings are withheld (contract, section 5).
    package var withholdsStale: Bool { self == .unauthorized || self == .forbidden }
}

/// What is known about a failure, safe to show anyone: no upstream text, no URL, no credential. *Value.*
package struct Problem: Sendable, Hashable {
    package let code: ProblemCode
    /// The status of the upstream's answer, where there was one.
    package let upstreamStatus: Int?
    /// The error status that a 2xx carries in its body, where it does: what the provider means, whatever HTTP says of it.
    package let carriedStatus: Int?
    /// When the provider will be asked again at the earliest, where that is known.
    package let retryAt: WallTime?
    /// In our own words what was wrong with the answer: `data.available is missing`. Nil where the code says all.
    package let reason: String?

    /// The reason where nothing is known because no provider was asked: nobody failed.
    package static let notReadYet = "not_read_yet"

    package init(
        code: ProblemCode, upstreamStatus: Int? = nil, carriedStatus: Int? = nil, retryAt: WallTime? = nil, reason: String? = nil
    ) {
        self.code = code
        self.carriedStatus = carriedStatus
        self.reason = reason
        self.upstreamStatus = upstreamStatus
        self.retryAt = retryAt
    }
}
