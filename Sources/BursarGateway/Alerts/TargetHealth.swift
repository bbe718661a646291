import BursarInsight
import BursarModel

/// How sending to a target went, in this process. *Value.*
struct TargetHealth: Sendable, Equatable {
    /// What is worth a line in the log.
    enum Change: Sendable, Equatable {
        case failing(reason: String)
        case gone(status: Int)
        case recovered
    }

    private(set) var delivered: UInt64 = 0
    private(set) var failed: UInt64 = 0
    private(set) var gone: UInt64 = 0
    /// In a row.
    private(set) var failures = 0
    private(set) var lastDelivered: WallTime?
    private(set) var lastFailure: WallTime?
    /// Of a closed set; nil where the last attempt succeeded.
    private(set) var reason: String?

    mutating func ended(_ outcome: AlertOutcome, at time: WallTime) -> Change? {
        switch outcome {
        case .delivered:
            delivered += 1
            lastDelivered = time
            defer { (failures, reason) = (0, nil) }
            return failures > 0 ? .recovered : nil
        case .gone(let status):
            gone += 1
            failures += 1
            (lastFailure, reason) = (time, "http_\(status)")
            return .gone(status: status)
        // Whoever asked for it went away: that says nothing of the target.
        case .failed(AlertOutcome.cancelled, _, _): return nil
        case .failed(let why, _, _):
            failed += 1
            failures += 1
            (lastFailure, reason) = (time, why)
            return failures == 1 ? .failing(reason: why) : nil
        }
    }
}
