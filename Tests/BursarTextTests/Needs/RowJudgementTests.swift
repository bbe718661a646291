import BursarModel
import Foundation
import Testing

@testable import BursarText

/// What a row asks of a person.
@Suite struct RowJudgementTests {
    private static let now = WallTime(milliseconds: 1_800_000_000_000)

    private func judged(_ status: RowStatus, _ change: (inout RowJudgement.Facts) -> Void = { _ in }) -> RowJudgement {
        var facts = RowJudgement.Facts(status: status)
        change(&facts)
        return RowJudgement(facts, now: Self.now)
    }

    @Test func `without a balance nothing else counts, and who was not asked yet is no trouble`() {
        #expect(judged(.unavailable) { $0.isLow = true }.word == .unavailable)
        #expect(judged(.unavailable) { ($0.hasProblem, $0.isUnread) = (true, true) }.word == .unread)
    }

    @Test(arguments: [
        ("0.00", true, RowJudgement.Word.empty), ("-3", false, .empty), ("0.01", true, .low), ("0.01", false, .runsOut)
    ])
    func `nothing left comes before low, and low before an end that is near`(
        available: String, isLow: Bool, word: RowJudgement.Word
    ) {
        let judgement = judged(.fresh) { facts in
            (facts.available, facts.isLow) = (ExactDecimal(available), isLow)
            facts.earliestEnd = Self.now.advanced(by: .seconds(60))
        }
        #expect(judgement.word == word)
    }

    @Test(arguments: [(3 * 86_400 - 1, RowJudgement.Word.runsOut), (3 * 86_400, .well), (-60, .runsOut)])
    func `an end within three days needs somebody`(seconds: Int, word: RowJudgement.Word) {
        #expect(judged(.fresh) { $0.earliestEnd = Self.now.advanced(by: .seconds(seconds)) }.word == word)
    }

    @Test(arguments: [(-59, false, false), (-61, false, true), (-1, true, true)])
    func `a reading that has just ended is not an old one, unless there is a reason why no newer one came`(
        ended: Int, hasProblem: Bool, isOld: Bool
    ) {
        let judgement = judged(.stale) { ($0.expiresAt, $0.hasProblem) = (Self.now.advanced(by: .seconds(ended)), hasProblem) }
        #expect(judgement == judged(.stale) { $0.hasProblem = isOld })
        #expect(judgement.isOld == isOld && judgement.word == (isOld ? .stale : .well))
    }

    @Test func `what is low stays low when its reading is old`() {
        let judgement = judged(.stale) { ($0.isLow, $0.hasProblem) = (true, true) }
        #expect(judgement.word == .low && judgement.isOld)
    }

    @Test func `the page judges by the same ranks and limits`() throws {
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../../Public/need.js")
        let script = try String(contentsOf: file, encoding: .utf8)
        // Whoever changes one of these there changes RowJudgement, too.
        for rule in [
            "export const ranks = { bad: 0, low: 1, short: 2, stale: 3, fine: 4 };", "judgement.rank <= ranks.short",
            "export const shortRunway = 3 * day;", "return first && first.kind !== \"available\" ? first : null;",
            "(moment(row.expires_at) ?? now) > minute;",
            "row.status === \"stale\" && (late || problem !== null)", "problem?.reason === \"\(Problem.notReadYet)\""
        ] {
            #expect(script.contains(rule), "\(rule)")
        }
        let order = [
            "row.status === \"unavailable\"", "isUsedUp(row.available", "row.low === true", "earliest - now < shortRunway"
        ]
        let places = try order.map { rule in try #require(script.range(of: rule), "\(rule)").lowerBound }
        #expect(places == places.sorted())
    }
}
