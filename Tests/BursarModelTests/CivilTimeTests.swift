import BursarBasics
import BursarModel
import Testing

@Suite struct CivilTimeTests {
    @Test(arguments: [
        (0, 1_970, 1, 1, 0, 0, 0, 0), (-1, 1_969, 12, 31, 23, 59, 59, 999), (951_782_400_000, 2_000, 2, 29, 0, 0, 0, 0),
        (1_763_679_360_123, 2_025, 11, 20, 22, 56, 0, 123), (253_402_300_799_999, 9_999, 12, 31, 23, 59, 59, 999),
        (-62_135_596_800_000, 1, 1, 1, 0, 0, 0, 0)
    ])
    func `known instants`(milliseconds: Int64, year: Int, month: Int, day: Int, hour: Int, minute: Int, second: Int, rest: Int)
        throws
    {
        let time = WallTime(milliseconds: milliseconds)
        let civil = try #require(
            CivilTime(year: year, month: month, day: day, hour: hour, minute: minute, second: second, millisecond: rest))
        #expect(CivilTime(time) == civil)
        #expect(civil.wallTime == time)
    }

    @Test func `every day of eight centuries follows the one before`() throws {
        // Counted with a table of month lengths, which the arithmetic under test has none of.
        var (year, month, day, weekday) = (1_600, 1, 1, 6)  // 1600-01-01 was a Saturday
        var time = WallTime(milliseconds: -11_676_096_000_000)
        while year < 2_400 {
            let civil = CivilTime(time)
            guard civil.year == year, civil.month == month, civil.day == day, civil.weekday == weekday, civil.wallTime == time
            else {
                Issue.record("\(year)-\(month)-\(day): \(civil)")
                return
            }
            let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
            let length = [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1]
            day += 1
            if day > length { (day, month) = (1, month + 1) }
            if month > 12 { (month, year) = (1, year + 1) }
            weekday = (weekday + 1) % 7
            time = time.advanced(by: .seconds(86_400))
        }
    }

    @Test func `any instant survives the way there and back`() {
        var generator = SplitMix64(seed: 21)
        for _ in 0..<20_000 {
            let time = WallTime(milliseconds: Int64.random(in: -62_135_596_800_000...253_402_300_799_999, using: &generator))
            #expect(CivilTime(time).wallTime == time)
        }
    }

    @Test(arguments: [
        (2_025, 2, 29), (2_100, 2, 29), (2_024, 4, 31), (2_024, 0, 1), (2_024, 13, 1), (2_024, 1, 0), (0, 1, 1), (10_000, 1, 1)
    ])
    func `a date that does not exist is none`(year: Int, month: Int, day: Int) {
        #expect(CivilTime(year: year, month: month, day: day, hour: 0, minute: 0, second: 0) == nil)
    }

    @Test func `a leap second is the second before`() {
        #expect(CivilTime(year: 2_016, month: 12, day: 31, hour: 23, minute: 59, second: 60)?.second == 59)
        #expect(CivilTime(year: 2_016, month: 12, day: 31, hour: 24, minute: 0, second: 0) == nil)
    }

    @Test func `the ends of what a wall time can hold do not trap`() {
        for milliseconds in [Int64.min, Int64.min + 1, Int64.max] {
            let civil = CivilTime(WallTime(milliseconds: milliseconds))
            #expect((1...12).contains(civil.month) && (1...31).contains(civil.day) && (0...999).contains(civil.millisecond))
        }
    }
}
