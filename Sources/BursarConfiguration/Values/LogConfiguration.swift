/// What is logged, and how. *Value.*
package struct LogConfiguration: Sendable, Equatable {
    package enum Level: String, Sendable, CaseIterable { case trace, debug, info, notice, warning, error, critical }
    package enum Format: String, Sendable, CaseIterable {
        /// Text on a terminal, JSON otherwise.
        case auto
        case text
        case json
    }

    package var level: Level = .info
    package var format: Format = .auto
    /// Whether each request has a line.
    package var access: Bool = true

    package init() {}
}

extension ConfigurationKey {
    static let logNames = ["level", "format", "access"]
}

extension ConfigurationParser {
    mutating func log(_ entry: Entry?) -> LogConfiguration {
        var log = LogConfiguration()
        guard let entry, let entries = entries(of: entry.node, in: .log) else { return log }
        log.level = choice(entries["level"], "level") ?? log.level
        log.format = choice(entries["format"], "format") ?? log.format
        log.access = boolean(entries["access"], "access") ?? log.access
        return log
    }
}
