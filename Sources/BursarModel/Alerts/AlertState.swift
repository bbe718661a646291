/// What a rule was judged by last. *Value.*
package struct AlertFacts: Sendable, Equatable {
    /// The amount; nil where the rule looks at none, or none is known.
    package var value: ExactDecimal?
    package var unit: AmountUnit?
    /// When it was read.
    package var readAt: WallTime
    /// A word more, of a closed set or of digits: a problem's code, or how long it lasts in milliseconds.
    package var detail: String?

    package init(value: ExactDecimal? = nil, unit: AmountUnit? = nil, readAt: WallTime, detail: String? = nil) {
        self.value = value
        self.unit = unit
        self.readAt = readAt
        self.detail = detail
    }
}

/// How a rule of an account stands. *Value.*
///
/// | state | is true in it | exits |
/// |---|---|---|
/// | ok | the newest word says that the condition does not hold, or not for long enough | firing, unknown |
/// | firing | ``firing`` names the event that said so; its end has not been seen | ok, unknown |
/// | unknown | ``isKnown`` is false: the newest word says nothing of the condition. What fired stays so | ok, firing |
package struct AlertState: Sendable, Equatable {
    package enum Word: String, Sendable {
        case ok, firing, unknown
    }

    package var isKnown = false
    /// The condition holds, and has not fired yet.
    package var candidate: Candidate?
    /// The open event; nil where nothing fires.
    package var firing: String?
    /// When that one fired; stays when it ended.
    package var firedAt: WallTime?
    /// What it was judged by then; stays when it ended.
    package var fired: AlertFacts?
    /// When the condition began to hold, as far as it was seen.
    package var since: WallTime?
    /// When the last firing ended; nil while one is open.
    package var recoveredAt: WallTime?
    /// When it was told last, reminders included.
    package var remindedAt: WallTime?
    /// The targets that were told, or may have been, that it fires, and not for certain that it ended: with the event they were told.
    package var told: [String: String] = [:]
    /// Those of them that certainly were.
    package var confirmed: Set<String> = []

    package init() {}

    /// *Value.*
    package struct Candidate: Sendable, Equatable {
        package var since: WallTime
        /// The time of the newest reading that agreed.
        package var last: WallTime
        /// How many readings agreed.
        package var readings: Int
        package var facts: AlertFacts

        package init(since: WallTime, last: WallTime, readings: Int, facts: AlertFacts) {
            self.since = since
            self.last = last
            self.readings = readings
            self.facts = facts
        }
    }

    /// The events that this names.
    package var events: Set<String> { Set(told.values).union([firing].compactMap(\.self)) }

    package var word: Word { !isKnown ? .unknown : firing == nil ? .ok : .firing }
}
