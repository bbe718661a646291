import BursarModel
import Testing

@testable import BursarStore

@Suite struct `Amounts in a column` {
    private let whole =
        #"[{"kind":"available","value":"12.3400","unit":"USD"},"#
        + #"{"kind":"limit","value":"-5","unit":"credits","part":"plan","resets":"1800000000000","expires":"1800000000001","aside":"true","binds":"true"}]"#

    @Test func `are read as they were written, digit by digit`() throws {
        let amounts = try #require(AmountsText.read(whole))
        #expect(AmountsText.write(amounts) == whole)
        #expect(amounts.map { "\($0.value)" } == ["12.3400", "-5"])
        #expect(amounts[1].isAside && amounts[1].binds && amounts[1].part?.name == "plan")
        #expect(!amounts[0].isAside && !amounts[0].binds)
        #expect(amounts[1].expiresAt == WallTime(milliseconds: 1_800_000_000_001))
    }

    @Test func `none are an empty list`() {
        #expect(AmountsText.read("[]")?.isEmpty == true)
        #expect(AmountsText.write([]) == "[]")
    }

    @Test func `cut anywhere are unreadable, and so is one byte more`() {
        for length in 0..<whole.utf8.count { #expect(AmountsText.read(String(whole.prefix(length))) == nil) }
        #expect(AmountsText.read(whole + " ") == nil)
        #expect(AmountsText.read("[]]") == nil)
    }

    @Test(arguments: [
        (#""kind":"available""#, #""kind":"wealth""#), (#""value":"12.3400""#, #""value":"12,34""#),
        (#""value":"12.3400""#, #""value":12.34"#), (#""unit":"USD""#, #""unit":"U SD""#), (#""unit":"USD""#, #""Unit":"USD""#),
        (#""part":"plan""#, #""part":"""#), (#""resets":"1800000000000""#, #""resets":"-1""#),
        (#""resets":"1800000000000""#, #""resets":"253402300800000""#), (#""aside":"true""#, #""aside":"false""#),
        (#""binds":"true""#, #""binds":"false""#), (#","aside":"true","binds":"true""#, #","binds":"true","aside":"true""#),
        (#","part":"plan""#, #","part":"plan","part":"plan""#), (#"},{"#, "}, {")
    ])
    func `in any other form are unreadable`(written: String, instead: String) {
        #expect(AmountsText.read(whole.replacing(written, with: instead)) == nil)
    }
}
