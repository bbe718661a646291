@testable import BursarConfiguration
import Testing

@Suite struct DurationTextTests {
    @Test(arguments: [
        ("250ms", Duration.milliseconds(250)), ("30s", .seconds(30)), ("5m", .seconds(300)), ("24h", .seconds(86_400)),
        ("7d", .seconds(7 * 86_400)), ("0s", .zero), ("0030s", .seconds(30))
    ])
    func `the documented units are read`(text: String, expected: Duration) throws {
        #expect(try DurationText.parse(text) == expected)
    }

    @Test(arguments: [
        ("30", DurationText.Refusal.unitMissing(number: 30)), ("30sec", .unitUnknown(meant: "30s")),
        ("2days", .unitUnknown(meant: "2d")), ("1w", .unitUnknown(meant: "7d")),
        ("30 s", .unitUnknown(meant: "30s")), ("30S", .unitUnknown(meant: "30s")), ("5parsecs", .unitUnknown(meant: nil)),
        ("1h30m", .unitUnknown(meant: nil)), ("1.5s", .unitUnknown(meant: nil)), ("-1s", .negative), ("", .notANumber),
        ("s", .notANumber), ("+1s", .notANumber), ("٣s", .notANumber), ("99999999999999999999s", .tooLarge),
        ("999999999999999999h", .tooLarge), ("100000h", .tooLarge), ("999999999999999999w", .unitUnknown(meant: nil)),
        ("3661d", .tooLarge)
    ])
    func `anything else says why, and what was meant`(text: String, expected: DurationText.Refusal) {
        #expect(throws: expected) { try DurationText.parse(text) }
    }

    private static let numbers: [(Int, ClosedRange<Duration>, String?)] = [
        (30, .milliseconds(1) ... .seconds(604_800), "30s"), (0, .zero ... .seconds(600), "0s"),
        (0, .milliseconds(1) ... .seconds(600), nil), (3, .seconds(3_600) ... .seconds(17_280_000), "3h"),
        (30, .seconds(60) ... .seconds(2_592_000), "30m"), (5, .seconds(10) ... .seconds(604_800), "5m"),
        (500, .milliseconds(10) ... .seconds(300), "500ms"), (2, .seconds(86_400) ... .seconds(604_800), "2d"),
        (.max, .zero ... .seconds(600), nil)
    ]

    @Test(arguments: numbers)
    func `a number alone means the smallest unit that is taken there, from seconds on`(
        number: Int, range: ClosedRange<Duration>, expected: String?
    ) {
        #expect(DurationText.meant(by: number, in: range) == expected)
    }

    @Test(arguments: ["250ms", "30s", "90s", "2m", "24h", "25h", "2d", "0s", "1500ms"])
    func `a formatted duration reads back`(text: String) throws {
        #expect(DurationText.format(try DurationText.parse(text)) == text)
    }
}
