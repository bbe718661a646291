package import BursarModel

/// What an upstream's answer comes to. *Value.*
package enum Evaluation: Sendable, Equatable {
    case reading(Reading)
    case failure(EvaluatedFailure)
}

/// An answer that is no reading. *Value.* It carries no upstream text.
package struct EvaluatedFailure: Sendable, Hashable {
    package let code: ProblemCode
    /// The answer's own status.
    package let upstreamStatus: Int
    /// The error status that a 2xx body carries, where it does.
    package let carriedStatus: Int?
    /// Our words: `data.balance is missing`.
    package let reason: String
    /// Whether the body satisfies what is documented for ``effectiveStatus``: it may then be passed on with that status.
    package let documented: Bool

    package init(code: ProblemCode, upstreamStatus: Int, carriedStatus: Int? = nil, reason: String, documented: Bool = false) {
        self.code = code
        self.upstreamStatus = upstreamStatus
        self.carriedStatus = carriedStatus
        self.reason = reason
        self.documented = documented
    }

    /// The status that a caller of the provider's route is to see.
    package var effectiveStatus: Int { carriedStatus ?? upstreamStatus }
}
