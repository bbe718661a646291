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

extension Evaluation {
    /// What `expect` in a definition says of an answer: amounts, low and time of a reading, or the one word of a failure.
    package var lines: [String] {
        switch self {
        case .failure(let failure): [failure.code.rawValue]
        case .reading(let reading): reading.lines
        }
    }
}

extension Reading {
    /// `available 12.50 USD part plan resets 2026-12-01T00:00:00.000Z`, and so on; `low true`; `as_of 2026-11-20T10:00:00.000Z`.
    package var lines: [String] {
        var lines = amounts.map { amount in
            var line = "\(amount.kind.rawValue) \(amount.value) \(amount.unit)"
            if let part = amount.part { line += " part \(part)" }
            if let time = amount.resetsAt { line += " resets \(time.rfc3339)" }
            if let time = amount.expiresAt { line += " expires \(time.rfc3339)" }
            return line
        }
        if let providerSaysLow { lines.append("low \(providerSaysLow)") }
        if let asOf { lines.append("as_of \(asOf.rfc3339)") }
        return lines
    }
}
