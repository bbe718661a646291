/// An event on its way to a target. *Value.*
package struct AlertDelivery: Sendable, Equatable {
    package struct ID: Sendable, Hashable {
        package let target: String
        package let event: String

        package init(target: String, event: String) {
            self.target = target
            self.event = event
        }
    }

    package let queuedAt: WallTime
    /// The message that it is a part of; nil where it waits for one.
    package var message: String?

    package init(queuedAt: WallTime, message: String? = nil) {
        self.queuedAt = queuedAt
        self.message = message
    }
}

/// One or more events that go to a target together. *Value.*
package struct AlertMessage: Sendable, Equatable {
    /// The same in every attempt.
    package let id: String
    package let target: String
    /// When it was made, or tried last. In the future only where the clock was set back since.
    package var madeAt: WallTime
    /// When it is tried next.
    package var dueAt: WallTime
    /// Attempts that were begun, at the address of now.
    package var attempts: Int
    /// Whether the target may have got it.
    package var mayHaveArrived: Bool

    package init(
        id: String, target: String, madeAt: WallTime, dueAt: WallTime, attempts: Int = 0, mayHaveArrived: Bool = false
    ) {
        self.id = id
        self.target = target
        self.madeAt = madeAt
        self.dueAt = dueAt
        self.attempts = attempts
        self.mayHaveArrived = mayHaveArrived
    }
}

/// What is remembered of a target. *Value.*
package struct AlertTargetRecord: Sendable, Equatable {
    /// The fingerprint of the target's configuration when it answered that nobody is there; nil: not paused.
    package var pausedWith: String?
    package var pausedAt: WallTime?
    /// The status that said so.
    package var pausedStatus: Int?
    /// When messages were begun in the last hour, oldest first.
    package var sent: [WallTime] = []

    package init() {}
}

/// All that is kept of alerts, so that a restart tells nothing twice. *Value.*
package struct AlertRecords: Sendable, Equatable {
    package var states: [AlertKey: AlertState] = [:]
    package var events: [String: AlertEvent] = [:]
    package var deliveries: [AlertDelivery.ID: AlertDelivery] = [:]
    package var messages: [String: AlertMessage] = [:]
    /// Until when an account is muted.
    package var mutes: [AccountID: WallTime] = [:]
    package var targets: [String: AlertTargetRecord] = [:]

    package init() {}

    package var isEmpty: Bool {
        states.isEmpty && events.isEmpty && deliveries.isEmpty && messages.isEmpty && mutes.isEmpty && targets.isEmpty
    }
}

/// What changed of ``AlertRecords``, written as a whole or not at all. *Value.* A nil value takes a record away.
package struct AlertChanges: Sendable, Equatable {
    package var states: [AlertKey: AlertState?] = [:]
    package var events: [String: AlertEvent?] = [:]
    package var deliveries: [AlertDelivery.ID: AlertDelivery?] = [:]
    package var messages: [String: AlertMessage?] = [:]
    package var mutes: [AccountID: WallTime?] = [:]
    package var targets: [String: AlertTargetRecord?] = [:]

    package init() {}

    /// All of these, for where there are none.
    package init(_ records: AlertRecords) {
        // The values of changes are optional, nil for what is gone; mapValues makes optionals of these.
        states = records.states.mapValues { $0 }
        events = records.events.mapValues { $0 }
        deliveries = records.deliveries.mapValues { $0 }
        messages = records.messages.mapValues { $0 }
        mutes = records.mutes.mapValues { $0 }
        targets = records.targets.mapValues { $0 }
    }

    package var isEmpty: Bool {
        states.isEmpty && events.isEmpty && deliveries.isEmpty && messages.isEmpty && mutes.isEmpty && targets.isEmpty
    }
}

extension AlertRecords {
    package mutating func apply(_ changes: AlertChanges) {
        for (key, value) in changes.states { states[key] = value }
        for (key, value) in changes.events { events[key] = value }
        for (key, value) in changes.deliveries { deliveries[key] = value }
        for (key, value) in changes.messages { messages[key] = value }
        for (key, value) in changes.mutes { mutes[key] = value }
        for (key, value) in changes.targets { targets[key] = value }
    }
}
