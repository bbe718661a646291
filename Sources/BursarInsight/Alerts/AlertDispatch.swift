package import BursarModel

/// A target as the decisions see it. *Value.*
package struct AlertTarget: Sendable, Equatable {
    package let name: String
    /// Whether it is told states again and again, and makes messages of them itself.
    package let takesStates: Bool
    /// Messages in an hour; the rest is summed up in the next one.
    package let perHour: Int
    /// Another one where its configuration is another one.
    package let fingerprint: String

    package init(name: String, takesStates: Bool = false, perHour: Int = 20, fingerprint: String = "") {
        self.name = name
        self.takesStates = takesStates
        self.perHour = perHour
        self.fingerprint = fingerprint
    }
}

/// What is to be sent to a target now. *Value.*
package struct AlertDispatch: Sendable, Equatable {
    package enum Content: Sendable, Equatable {
        /// What happened, oldest first.
        case events([AlertEvent])
        /// How all stands that the target is told of.
        case states([AlertReport])
    }

    /// The same in every attempt.
    package let id: String
    package let target: String
    package let content: Content
    /// Counts from 1.
    package let attempt: Int
    package let at: WallTime

    package init(id: String, target: String, content: Content, attempt: Int, at: WallTime) {
        self.id = id
        self.target = target
        self.content = content
        self.attempt = attempt
        self.at = at
    }
}

/// A rule that fires, or did until lately. *Value.*
package struct AlertReport: Sendable, Equatable {
    /// What fired, by which it is known; with the newest facts while it fires.
    package let event: AlertEvent
    /// How it ended; nil while it fires.
    package let end: AlertEvent?

    package init(event: AlertEvent, end: AlertEvent? = nil) {
        self.event = event
        self.end = end
    }
}

/// How an attempt ended. *Value.*
package enum AlertOutcome: Sendable, Equatable {
    case delivered
    /// The target says that it is not there any more.
    case gone(status: Int)
    /// - Parameters:
    ///   - reason: of a closed set, for metrics and people.
    ///   - mayHaveArrived: false where it is certain that the target took nothing.
    ///   - retryAfter: what the target asked for.
    case failed(reason: String, mayHaveArrived: Bool, retryAfter: Duration?)

    /// The reason of an attempt that was given up here: it says nothing of the target. As ``TransportFault`` has it.
    package static let cancelled = "cancelled"

    /// A closed set, for metrics.
    package var word: String {
        switch self {
        case .delivered: "delivered"
        case .gone: "gone"
        case .failed: "failed"
        }
    }
}
