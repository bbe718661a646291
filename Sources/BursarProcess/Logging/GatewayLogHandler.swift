package import Logging

/// swift-log's way to the ``LogOutput``. *Value.*
package struct GatewayLogHandler: LogHandler {
    package var logLevel: Logger.Level
    package var metadata: Logger.Metadata = [:]

    private let output: LogOutput

    package init(_ output: LogOutput) {
        self.output = output
        logLevel = output.level
    }

    package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    package func log(event: LogEvent) {
        let all = event.metadata.map { metadata.merging($0) { _, new in new } } ?? metadata
        let fields = all.map { (name: $0.key, value: "\($0.value)") }.sorted { Self.order($0.name) < Self.order($1.name) }
        output.write(level: event.level.rawValue, message: "\(event.message)", fields: fields, isHurried: true)
    }

    /// The fields of a call in reading order, then all others by name.
    private static func order(_ name: String) -> (Int, String) {
        (leading.firstIndex(of: name) ?? leading.count, name)
    }

    private static let leading = ["provider", "account", "status", "outcome", "bytes"]
}
