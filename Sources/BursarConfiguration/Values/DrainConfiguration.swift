/// How the gateway stops. *Value.*
package struct DrainConfiguration: Sendable, Equatable {
    /// From the signal until connections are no longer accepted: time for a balancer to notice `/readyz`.
    package var delay: Duration = .zero
    /// From the signal until the process ends, whatever still runs; ``delay`` is part of it. Eight seconds, because container
    /// engines kill after ten, and the default timeout of a provider is five.
    package var deadline: Duration = .seconds(8)

    package init() {}
}

extension ConfigurationKey {
    static let drainNames = ["delay", "deadline"]
}

extension ConfigurationParser {
    mutating func drain(_ entry: Entry?) -> DrainConfiguration {
        var drain = DrainConfiguration()
        guard let entry, let entries = entries(of: entry.node, in: .drain) else { return drain }
        let delay = duration(entries["delay"], "delay", in: ConfigurationLimits.drainDelay)
        let deadline = duration(entries["deadline"], "deadline", in: ConfigurationLimits.drainDeadline)
        drain.delay = delay ?? drain.delay
        drain.deadline = deadline ?? drain.deadline
        if drain.delay >= drain.deadline, let entry = entries["delay"] ?? entries["deadline"] {
            problems.error(
                at(entry.node),
                "delay must be shorter than deadline (\(DurationText.format(drain.deadline))), which counts from the signal, too")
        }
        return drain
    }
}
