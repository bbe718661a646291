import BursarBasics
import BursarModel
import Testing

@Suite struct HTTPDateTests {
    private let now = WallTime(milliseconds: 1_795_258_800_000)  // November 2026
    /// RFC 9110's own example.
    private let example = WallTime(seconds: 784_111_777)

    @Test func `written as IMF-fixdate`() {
        #expect(example.httpDate == "Sun, 06 Nov 1994 08:49:37 GMT")
        #expect(WallTime(milliseconds: 784_111_777_999).httpDate == "Sun, 06 Nov 1994 08:49:37 GMT")
    }

    @Test(arguments: ["Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994"])
    func `all three forms are read`(text: String) {
        #expect(WallTime(httpDate: text, now: now) == example)
    }

    @Test func `a year of two digits is at most fifty years ahead`() throws {
        let near = try #require(WallTime(httpDate: "Friday, 20-Nov-76 08:49:37 GMT", now: now))
        #expect(CivilTime(near).year == 2_076)
        let far = try #require(WallTime(httpDate: "Friday, 20-Nov-77 08:49:37 GMT", now: now))
        #expect(CivilTime(far).year == 1_977)
    }

    @Test(arguments: [
        "", "0", "17", "Sun, 06 Nov 1994 08:49:37", "Sun, 06 Nov 1994 08:49:37 CET", "Sun, 31 Feb 1994 08:49:37 GMT",
        "Sun, 06 Nov 1994 8:49:37 GMT", "Sun, 06 Nov 1994 08:49 GMT", "Sun, 06 Nov 19940 08:49:37 GMT",
        "Xyz, 06 Nov 1994 08:49:37 GMT",
        "Sun, 06 nov 1994 08:49:37 GMT", "Sun, +6 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 08:49:37 GMT GMT"
    ])
    func `text that is no date is refused`(text: String) {
        #expect(WallTime(httpDate: text, now: now) == nil)
    }

    @Test func `any second survives the way there and back`() {
        var generator = SplitMix64(seed: 23)
        for _ in 0..<20_000 {
            let time = WallTime(seconds: Int64.random(in: 0...253_402_300_799, using: &generator))
            #expect(WallTime(httpDate: time.httpDate, now: now) == time)
        }
    }
}
