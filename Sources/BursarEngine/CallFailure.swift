package import BursarModel

/// How an upstream call ended without a reading. *Value.* Holds no upstream text but the scrubbed reply.
package struct CallFailure: Sendable, Equatable {
    /// `circuitOpen` never ends a call; where it did it would count as an `upstreamError`.
    package let code: ProblemCode
    /// The status of the upstream's answer, where there was one.
    package let upstreamStatus: Int?
    /// The error status that a 2xx carries in its body, where it does.
    package let carriedStatus: Int?
    /// When the provider said to come back, where it said so.
    package let hint: CooldownHint?
    /// The upstream's own error reply, scrubbed and checked against its documented schema, for provider routes.
    package let errorReply: UpstreamReply?
    /// In our own words what was wrong with the answer.
    package let reason: String?

    package init(
        code: ProblemCode, upstreamStatus: Int? = nil, carriedStatus: Int? = nil, hint: CooldownHint? = nil,
        errorReply: UpstreamReply? = nil, reason: String? = nil
    ) {
        self.code = code
        self.carriedStatus = carriedStatus
        self.reason = reason
        self.upstreamStatus = upstreamStatus
        self.hint = hint
        self.errorReply = errorReply
    }

    /// Whether the provider said something, right or wrong.
    var isAnswered: Bool { code != .timeout && code != .unreachable }

    /// Whether asking again at once could help. Not after a refusal (429, 401, 403), not after a request to wait, and not after
    /// a 3xx or 4xx, as a status or inside a 2xx, which the same request would get again.
    package var isRetriable: Bool {
        switch code {
        case .unauthorized, .forbidden, .rateLimited: false
        case .timeout, .unreachable, .upstreamError, .invalidResponse, .circuitOpen:
            hint == nil && !(300..<500).contains(carriedStatus ?? upstreamStatus ?? 500)
        }
    }
}

/// A failure and its time: what a row's problem is made of, and what `/v1/status` tells. *Value.*
package struct FailureRecord: Sendable, Equatable {
    package let code: ProblemCode
    package let upstreamStatus: Int?
    package let carriedStatus: Int?
    package let errorReply: UpstreamReply?
    package let reason: String?
    package let at: Moment

    package init(
        code: ProblemCode, upstreamStatus: Int?, carriedStatus: Int? = nil, errorReply: UpstreamReply?, reason: String? = nil,
        at: Moment
    ) {
        self.code = code
        self.carriedStatus = carriedStatus
        self.reason = reason
        self.upstreamStatus = upstreamStatus
        self.errorReply = errorReply
        self.at = at
    }

    init(_ failure: CallFailure, at now: Moment) {
        self.init(
            code: failure.code, upstreamStatus: failure.upstreamStatus, carriedStatus: failure.carriedStatus,
            errorReply: failure.errorReply, reason: failure.reason, at: now)
    }
}
