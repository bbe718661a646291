import BursarBasics
import BursarModel

@testable import BursarEngine

/// A provider of a simulated year: it has moods that last hours, counts its own quota, and answers as such services do. It is
/// told nothing of what the machine knows.
struct SimulatedProvider {
    enum Mood: Int, CaseIterable {
        case well
        /// Errors now and then.
        case flaky
        /// Nothing but 5xx, or no connection.
        case down
        /// Nobody answers: a name, a network or a machine is away.
        case deaf
        /// Every call is answered too late, or never.
        case slow
        /// 429 until a time that it tells in one of the usual ways.
        case throttling
        /// 429 with `Retry-After: 0`, or with 68 hours, or with one second for hours.
        case lying
        /// 2xx of another shape: a deployment went wrong.
        case changedShape
        /// The key is rejected: somebody rotated it and puts it back later.
        case rejecting

        /// Whether no call of it brings a reading.
        var isHopeless: Bool {
            switch self {
            case .well, .flaky, .slow: false
            case .down, .deaf, .throttling, .lying, .changedShape, .rejecting: true
            }
        }
    }

    /// How a call goes. The times are those of its result.
    enum Reply {
        case success(after: Duration)
        case failure(CallFailure, after: Duration)
        /// Never: the driver gives up at the hard deadline.
        case hang
    }

    private var mood = Mood.well
    private var moodEnds: Int64 = 0
    private var quietUntil: Int64 = 0
    private(set) var moods = Set<Int>()
    /// Calls that came before the time that the provider itself had told, and it meant it.
    private(set) var knocksTooEarly = 0
    /// How often the provider recovered: a reading after a mood without any.
    private(set) var recoveries = 0
    private var hadHopelessMood = false
    /// The most calls within an hour of each mood.
    private(set) var fullestHours: [Mood: Int] = [:]
    private var lastHour: [Int64] = []
    /// Whole seconds; nil where the last refusal told none that must be kept.
    private var toldUntil: Int64?

    mutating func reply(now: Int64, _ random: inout SplitMix64) -> Reply {
        let second = ReferenceModel.second
        if now >= moodEnds {
            mood = random.below(2) == 0 ? .well : Mood(rawValue: random.below(Mood.allCases.count)) ?? .well
            moodEnds = now + Int64(1 + random.below(12 * 60)) * 60 * second
            quietUntil = 0
            toldUntil = nil
            lastHour = []
            if mood.isHopeless { hadHopelessMood = true }
        }
        moods.insert(mood.rawValue)
        lastHour.append(now)
        lastHour.removeAll { now - $0 >= 3_600 * second }
        fullestHours[mood] = max(fullestHours[mood] ?? 0, lastHour.count)
        if let told = toldUntil, now < told { knocksTooEarly += 1 }
        toldUntil = nil
        let brief = Duration.milliseconds(20 + random.below(400))
        switch mood {
        case .well:
            if hadHopelessMood { recoveries += 1 }
            hadHopelessMood = false
            return .success(after: brief)
        case .flaky:
            if random.below(3) > 0 { return .success(after: brief) }
            return .failure(CallFailure(code: .upstreamError, upstreamStatus: 502), after: brief)
        case .down:
            return .failure(
                CallFailure(code: .upstreamError, upstreamStatus: random.pick([500, 502, 503, 504])), after: brief)
        case .deaf: return .failure(CallFailure(code: .unreachable), after: brief)
        case .slow:
            return random.below(2) == 0 ? .hang : .success(after: .seconds(6 + random.below(13)))
        case .throttling:
            if now >= quietUntil { quietUntil = now + Int64(5 + random.below(900)) * second }
            return throttled(until: quietUntil, now: now, after: brief, &random)
        case .lying:
            let lie = random.pick(["0", "244800", "1", "-1"])
            return refused(["retry-after": [lie]], after: brief)
        case .changedShape:
            return .failure(CallFailure(code: .invalidResponse, upstreamStatus: 200), after: brief)
        case .rejecting:
            return .failure(CallFailure(code: .unauthorized, upstreamStatus: 401), after: brief)
        }
    }

    /// What it told with an answer that nobody received cannot be kept.
    mutating func answerWasLost() { toldUntil = nil }

    /// Tells the truth, rounded up to whole seconds as frameworks do.
    private mutating func throttled(until: Int64, now: Int64, after: Duration, _ random: inout SplitMix64) -> Reply {
        let left = (until - now + ReferenceModel.second - 1) / ReferenceModel.second
        let wall = WallTime(seconds: 1_800_000_000)
        let told: [String: [String]]
        switch random.below(5) {
        case 0: told = ["retry-after": ["\(left)"]]
        case 1: told = ["retry-after": [wall.advanced(by: .seconds(left)).httpDate], "date": [wall.httpDate]]
        case 2: told = ["ratelimit": ["\"default\";r=0;t=\(left)"]]
        case 3: told = ["ratelimit-reset": ["\(left)"]]
        default: told = [:]
        }
        // From when the answer has come; the machine starts counting there too.
        if !told.isEmpty { toldUntil = now + after.nanoseconds + left * ReferenceModel.second }
        return refused(told, after: after)
    }

    private func refused(_ fields: [String: [String]], after: Duration) -> Reply {
        let hint = CooldownHint.read(
            status: 429, field: { fields[$0] ?? [] }, body: [], now: WallTime(seconds: 1_800_000_000))
        return .failure(CallFailure(code: .rateLimited, upstreamStatus: 429, hint: hint), after: after)
    }
}
