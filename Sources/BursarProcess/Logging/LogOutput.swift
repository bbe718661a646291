package import BursarModel
package import Logging

/// Takes finished lines. *Any thread;* must not block.
package protocol LogTarget: Sendable {
    /// - Parameters:
    ///   - line: scrubbed, without its newline.
    ///   - isHurried: somebody may wait for this line; others may be gathered for a moment.
    func write(_ line: [UInt8], isHurried: Bool)
    /// Lines that were taken, or should have been, and never written.
    var droppedLines: Int { get }
}

/// The log's way out of this process: what is written, how it looks, and where it goes. *Value, any thread.*
package struct LogOutput: Sendable {
    package let level: Logger.Level
    package let format: LogFormat
    package let scrubber: ScrubberBox
    package let target: any LogTarget
    package let clock: @Sendable () -> WallTime

    package init(
        level: Logger.Level, format: LogFormat, scrubber: ScrubberBox, target: any LogTarget,
        clock: @escaping @Sendable () -> WallTime = { .now() }
    ) {
        self.level = level
        self.format = format
        self.scrubber = scrubber
        self.target = target
        self.clock = clock
    }

    /// For everything that is rare enough to be written as text.
    package var logger: Logger { Logger(label: "bursar") { _ in GatewayLogHandler(self) } }

    /// Writes one line. It passes the scrubber as a whole, after rendering and before it is written: what a message, a field's name
    /// or a field's value holds makes no difference.
    package func write(level: String, message: String, fields: [(name: String, value: String)], isHurried: Bool) {
        let line = format.line(time: clock(), level: level, message: message, fields: fields)
        target.write(scrubber.scrub(line), isHurried: isHurried)
    }
}
