import BursarModel

/// Durations and ages as people say them. All functions are pure.
package enum Words {
    /// "4 s", "3 min", "2 h", "5 d": the largest unit that holds it, rounded down.
    package static func short(_ duration: Duration) -> String {
        let seconds = max(0, duration.components.seconds)
        switch seconds {
        case ..<60: return "\(seconds) s"
        case ..<3_600: return "\(seconds / 60) min"
        case ..<86_400: return "\(seconds / 3_600) h"
        default: return "\(seconds / 86_400) d"
        }
    }

    /// Of what is still to come, rounded up to whole seconds: at its end it has come.
    package static func left(_ duration: Duration) -> String { short(duration + .milliseconds(999)) }

    /// "just now" below two seconds, else "3 min ago".
    package static func age(_ duration: Duration) -> String {
        duration < .seconds(2) ? "just now" : short(duration) + " ago"
    }
}
