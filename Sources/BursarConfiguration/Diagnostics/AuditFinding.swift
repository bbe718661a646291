/// Something that works and that an operator should know. *Value.* Its message never holds a credential.
package struct AuditFinding: Sendable, Equatable {
    package let rule: AuditRule
    package let place: ConfigurationPlace
    package let message: String

    package init(_ rule: AuditRule, _ place: ConfigurationPlace, _ message: String) {
        self.rule = rule
        self.place = place
        self.message = message
    }
}

/// The rules of the audit. *Value.* An id is stable: it is not given to another rule when one goes.
package enum AuditRule: String, Sendable, CaseIterable {
    /// A key stands in the configuration itself.
    case literalKey = "BUR001"
    /// A key's file can be read by every user of the machine.
    case keyFileReadableByAnyone = "BUR002"
    /// The same of a configuration that has a key in it.
    case configurationReadableByAnyone = "BUR003"
    /// A base URL without TLS: only possible to this machine, and still readable by whoever holds that port.
    case plainHTTP = "BUR004"
    /// A listener that others can reach, open to everyone who does.
    case anonymousListener = "BUR005"
    /// A key too short to be found reliably in text that leaves the process.
    case shortKey = "BUR006"
    /// A key goes to another host than the provider's own.
    case foreignBaseURL = "BUR007"
    /// Two accounts of one provider with one key.
    case sharedKey = "BUR008"

    /// A client's token is good for ever.
    case tokenWithoutExpiry = "BUR010"
    /// A client may change what the gateway does.
    case adminClient = "BUR011"
    /// Tokens cross a network without TLS.
    case plainTokens = "BUR012"
    /// A client's time is over.
    case expiredClient = "BUR013"
    /// A client's time is nearly over.
    case expiringClient = "BUR014"

    /// A key's file can be read by its group.
    case keyFileReadableByGroup = "BUR020"
    /// A key's file can be changed by every user of the machine.
    case keyFileWritableByAnyone = "BUR021"
    /// The same of the configuration, which says where keys are sent.
    case configurationWritableByAnyone = "BUR022"
    /// A key is what a command prints.
    case keyFromCommand = "BUR023"
    /// A provider's own name may lead to a private address.
    case privateAddresses = "BUR024"
    /// Alerts, and nothing that outlives the process.
    case alertsWithoutStore = "BUR025"
    /// A target that is reached without TLS, over a network.
    case plainTarget = "BUR026"
    /// A rule on runway, and nothing that keeps a history.
    case runwayRuleWithoutStore = "BUR027"

    /// *Value.*
    package enum Severity: String, Sendable, Comparable, CaseIterable {
        case note, warning, high

        package static func < (left: Severity, right: Severity) -> Bool { left.rank < right.rank }
        private var rank: Int {
            switch self {
            case .note: 0
            case .warning: 1
            case .high: 2
            }
        }
    }

    package var severity: Severity {
        switch self {
        case .plainHTTP, .foreignBaseURL, .sharedKey, .keyFileReadableByGroup, .keyFromCommand, .tokenWithoutExpiry, .adminClient,
            .plainTarget:
            .note
        case .literalKey, .keyFileReadableByAnyone, .shortKey, .privateAddresses, .expiredClient, .expiringClient,
            .alertsWithoutStore, .runwayRuleWithoutStore:
            .warning
        case .configurationReadableByAnyone, .anonymousListener, .keyFileWritableByAnyone, .configurationWritableByAnyone,
            .plainTokens:
            .high
        }
    }
}
