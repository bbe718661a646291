import BursarModel

@testable import BursarEngine

/// Answers with every form of hint, and what each means in seconds, written down by hand: nil where it means nothing.
struct HintSample: Sendable {
    let fields: [String: [String]]
    let body: String
    let seconds: Int64?

    init(_ fields: [String: [String]], body: String = "", _ seconds: Int64?) {
        self.fields = fields
        self.body = body
        self.seconds = seconds
    }

    static let date = ["Fri, 20 Nov 2026 22:56:00 GMT"]

    /// Of a 429.
    static let all: [HintSample] = [
        HintSample([:], nil),
        HintSample(["retry-after": ["0"]], nil),
        HintSample(["retry-after": ["-5"]], nil),
        HintSample(["retry-after": ["soon"]], nil),
        HintSample(["retry-after": ["1"]], 1),
        HintSample(["retry-after": ["3"]], 3),
        HintSample(["retry-after": ["240"]], 240),
        HintSample(["retry-after": ["244800"]], 244_800),
        HintSample(["retry-after": ["999999999999999999999999"]], Int64.max / 4),
        HintSample(["retry-after": ["Fri, 20 Nov 2026 22:57:30 GMT"], "date": date], 90),
        HintSample(["retry-after": ["Fri, 20 Nov 2026 22:55:30 GMT"], "date": date], nil),
        HintSample(["ratelimit": [#""default";r=0;t=30"#]], 30),
        HintSample(["ratelimit": ["limit=100, remaining=0, reset=45"]], 45),
        HintSample(["ratelimit-reset": ["12"]], 12),
        HintSample([:], body: "Request was throttled. Expected available in 17 seconds.", 17),
        HintSample(["retry-after": ["0"]], body: "Request was throttled. Expected available in 0 seconds.", nil),
        HintSample([:], body: "Request was throttled.", nil)
    ]

    func hint(status: Int) -> CooldownHint? {
        CooldownHint.read(
            status: status, field: { fields[$0] ?? [] }, body: Array(body.utf8), now: WallTime(seconds: 1_700_000_000))
    }
}
