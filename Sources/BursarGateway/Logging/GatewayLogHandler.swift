package import BursarModel
package import Logging

/// swift-log's way out of this process: a line in the chosen format, scrubbed, into the sink. *Value.*
///
/// Every line passes the scrubber as a whole, after rendering and before it is written: what a message, a field's name or a
/// field's value holds makes no difference.
package struct GatewayLogHandler: LogHandler {
    package var logLevel: Logger.Level
    package var metadata: Logger.Metadata = [:]

    private let label: String
    private let format: LogFormat
    private let write: @Sendable ([UInt8]) -> Void
    private let scrubber: ScrubberBox
    private let clock: @Sendable () -> WallTime

    /// - Parameter write: takes a finished line without its newline; must not block.
    package init(
        label: String, level: Logger.Level, format: LogFormat, scrubber: ScrubberBox,
        clock: @escaping @Sendable () -> WallTime = { .now() }, write: @escaping @Sendable ([UInt8]) -> Void
    ) {
        self.label = label
        self.logLevel = level
        self.format = format
        self.write = write
        self.scrubber = scrubber
        self.clock = clock
    }

    package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    package func log(event: LogEvent) {
        let all = event.metadata.map { metadata.merging($0) { _, new in new } } ?? metadata
        let fields = all.map { (name: $0.key, value: "\($0.value)") }.sorted { Self.order($0.name) < Self.order($1.name) }
        let line = format.line(time: clock(), level: event.level.rawValue, message: "\(event.message)", fields: fields)
        write(scrubber.scrub(line))
    }

    /// The fields of a request in reading order, then all others by name.
    private static func order(_ name: String) -> (Int, String) {
        (leading.firstIndex(of: name) ?? leading.count, name)
    }

    private static let leading = [
        "request_id", "provider", "account", "method", "path", "status", "outcome", "bytes", "duration_us"
    ]
}
