@testable import BursarInsight
import BursarModel
import Testing

struct RunwayWordsTests {
    private static let now = WallTime(seconds: 1_700_000_000)

    private static func runway(_ status: Runway.Status, _ hours: [Double?]) -> Runway {
        let times = hours.map { hours in hours.map { now.advanced(by: .milliseconds(Int64($0 * 3_600_000))) } }
        return Runway(
            unit: ObservedHistory.unit, status: status,
            forecast: status == .burning
                ? .init(notBefore: times[0] ?? now, earliest: times[1], expected: times[2], latest: times[3]) : nil,
            burn: nil, basis: .init(since: nil, days: 0, steps: 0, topUps: 0, reset: nil), lastTopUp: nil)
    }

    @Test(arguments: [
        ([70, 80, 100, 140] as [Double?], "3 to 6 days"), ([70, 80, 100, nil], "3 days or more"),
        ([20, 30, 60, 80], "30 hours to 4 days"), ([0, 0.2, 1, 1.5], "12 to 90 minutes"), ([0, 0, 0.5, 3], "less than 3 hours"),
        ([300, nil, nil, nil], "over 12 days"), ([71.9, 72, 72, 72], "about 3 days"), ([47, 47.9, 50, 60], "47 hours to 3 days")
    ]) func `a forecast is said in two units of time at most`(hours: [Double?], words: String) {
        #expect(Self.runway(.burning, hours).words(at: Self.now) == words)
    }

    @Test func `a refusal says what is missing`() {
        func missing(_ days: Int, _ steps: Int, _ burning: Int) -> String {
            Self.runway(
                .accumulating(
                    .init(
                        days: .init(seen: days, needed: 3), steps: .init(seen: steps, needed: 8),
                        daysWithBurn: .init(seen: burning, needed: 3))), []
            ).words(at: Self.now)
        }
        #expect(missing(2, 9, 2) == "not yet: 2 of 3 days seen")
        #expect(missing(4, 9, 1) == "not yet: 1 of 3 days with spending seen")
        #expect(missing(4, 5, 3) == "not yet: 5 of 8 drops seen")
        #expect(Self.runway(.flat, []).words(at: Self.now) == "nothing is being spent")
        #expect(Self.runway(.unknown(.stale), []).words(at: Self.now) == "unknown: the newest reading is too old")
        let next = Self.now.advanced(by: .seconds(86_400 * 3 + 5))
        #expect(Self.runway(.quota(next: next), []).words(at: Self.now) == "filled up again in 3 days")
        #expect(
            Self.runway(.unknown(.irregular), []).words(at: Self.now)
                == "unknown: it rises at least a third as often as it falls")
    }

    private static let overdue: [(seconds: Int64, words: String)] = [
        (-59, "filled up again in less than a minute"), (0, "is due to be filled up again now"),
        (59, "is due to be filled up again now"), (60, "was due to be filled up again 1 minute ago"),
        (14_399, "was due to be filled up again 3 hours ago"),
        (950_399, "was due to be filled up again 10 days ago")
    ]

    @Test(arguments: overdue)
    func `an allowance that is overdue is not promised`(overdue: Int64, words: String) {
        let next = Self.now.advanced(by: .seconds(-overdue))
        #expect(Self.runway(.quota(next: next), []).words(at: Self.now) == words)
    }
}
