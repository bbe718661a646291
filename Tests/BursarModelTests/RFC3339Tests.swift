import BursarBasics
import BursarModel
import Testing

@Suite struct RFC3339Tests {
    @Test func `written in UTC with milliseconds`() {
        #expect(WallTime(milliseconds: 1_763_679_360_123).rfc3339 == "2025-11-20T22:56:00.123Z")
        #expect(WallTime(milliseconds: 0).rfc3339 == "1970-01-01T00:00:00.000Z")
        #expect(WallTime(milliseconds: -1).rfc3339 == "1969-12-31T23:59:59.999Z")
    }

    @Test(arguments: [
        ("2025-11-05T08:22:37.784663288Z", "2025-11-05T08:22:37.784Z"), ("2025-11-05T08:22:37Z", "2025-11-05T08:22:37.000Z"),
        ("2025-11-05t08:22:37.5z", "2025-11-05T08:22:37.500Z"), ("2025-11-05 08:22:37+02:00", "2025-11-05T06:22:37.000Z"),
        ("2025-01-01T00:30:00-23:59", "2025-01-02T00:29:00.000Z"), ("0001-01-01T00:00:00Z", "0001-01-01T00:00:00.000Z"),
        ("9999-12-31T23:59:59.999Z", "9999-12-31T23:59:59.999Z"), ("9999-12-31T23:59:59+23:59", "9999-12-31T00:00:59.000Z"),
        ("2016-12-31T23:59:60Z", "2016-12-31T23:59:59.000Z")
    ])
    func `read in every form that providers use`(text: String, expected: String) throws {
        #expect(try #require(WallTime(rfc3339: text)).rfc3339 == expected)
    }

    @Test(arguments: [
        "", "2025", "2025-11-05", "2025-11-05T08:22:37", "2025-11-05T08:22:37.Z", "2025-11-05T08:22:37Zx", "2025-13-05T08:22:37Z",
        "2025-02-30T08:22:37Z", "2025-11-05T24:00:00Z", "2025-11-05T08:22:37+24:00", "2025-11-05T08:22:37+0200",
        "+025-11-05T08:22:37Z",
        "20251105T082237Z", "2025-11-05T08:22:37Z ", "9999-12-31T23:59:59-23:59", "9999-12-31T23:59:59-00:01",
        "0001-01-01T00:00:00+00:01", "٢٠٢٥-11-05T08:22:37Z"
    ])
    func `text that is no timestamp is refused`(text: String) {
        #expect(WallTime(rfc3339: text) == nil)
    }

    @Test func `any instant survives the way there and back`() {
        var generator = SplitMix64(seed: 22)
        for _ in 0..<20_000 {
            let time = WallTime(milliseconds: Int64.random(in: -62_135_596_800_000...253_402_300_799_999, using: &generator))
            #expect(WallTime(rfc3339: time.rfc3339) == time)
        }
    }
}
