/// What systemd is told over its socket: lines of `NAME=value` (sd_notify(3)). *Value.* Pure.
package enum ServiceManagerMessage: Sendable, Equatable {
    case ready(status: String)
    /// - Parameter monotonicMicroseconds: of CLOCK_MONOTONIC when the reload began: `Type=notify-reload` asks for it, to tell this
    ///   reload from one before.
    case reloading(monotonicMicroseconds: UInt64)
    case stopping
    /// Something that whoever looks at the service should know.
    case status(String)
    /// The process is well: within each `WatchdogSec=`.
    case watchdog

    package var text: String {
        switch self {
        case .ready(let status): "READY=1\nSTATUS=\(Self.line(status))\n"
        case .reloading(let time): "RELOADING=1\nMONOTONIC_USEC=\(time)\n"
        case .stopping: "STOPPING=1\n"
        case .status(let status): "STATUS=\(Self.line(status))\n"
        case .watchdog: "WATCHDOG=1\n"
        }
    }

    /// A line break would begin another assignment, and systemd takes CR for one as well as LF. By bytes: CR LF is one character of a
    /// string, and neither of the two.
    private static func line(_ text: String) -> String {
        String(decoding: text.utf8.map { $0 == 0x0A || $0 == 0x0D ? 0x20 : $0 }, as: UTF8.self)
    }
}

/// How often the service manager wants to hear from this process. *Value.* Pure.
package enum WatchdogInterval {
    /// Half of `WATCHDOG_USEC`, as sd_watchdog_enabled(3) advises; nil where none is asked of this process.
    package static func read(_ environment: [String: String], processID: Int32) -> Duration? {
        guard let text = environment["WATCHDOG_USEC"], let microseconds = Int64(text), microseconds > 1 else { return nil }
        if let owner = environment["WATCHDOG_PID"], Int32(owner) != processID { return nil }
        return .microseconds(microseconds / 2)
    }
}
