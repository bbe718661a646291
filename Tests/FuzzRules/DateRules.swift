import BursarBasics
import BursarModel

extension FuzzTarget {
    /// HTTP dates and RFC 3339 times.
    static let dates = FuzzTarget(
        "dates", home: "BursarModelTests", longest: 64,
        words: [
            "Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994",
            "2026-11-20T22:56:00.123Z", "+23:59", "-00:00", ":60", "Feb", "29", "9999", "0001", " GMT"
        ],
        seeds: {
            [
                "Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994",
                "2026-11-20T22:56:00.123+01:00"
            ]
            .map { Array($0.utf8) }
        }, checkDates)
}

/// Every time that can be read can be written in both forms, and reads as itself, in each form that HTTP has.
private func checkDates(_ bytes: [UInt8]) throws(BrokenRule) {
    let text = String(decoding: bytes, as: UTF8.self)
    let now = WallTime(milliseconds: 1_795_219_200_000)
    for time in [WallTime(httpDate: text, now: now), WallTime(rfc3339: text)] {
        guard let time else { continue }
        let civil = CivilTime(time)
        // An offset may lead a day out of the years that can be written.
        guard (1...9_999).contains(civil.year) else { continue }
        try demand(civil.wallTime == time, "taken apart, it is another time")
        try demand(WallTime(rfc3339: time.rfc3339) == time, "an RFC 3339 time reads differently")
        let second = WallTime(seconds: (time.milliseconds - Int64(civil.millisecond)) / 1_000)
        try demand(second <= time, "its second is later than it")
        try demand(WallTime(httpDate: second.httpDate, now: now) == second, "an HTTP date reads differently")
        try demand(second.httpDate == time.httpDate, "milliseconds change an HTTP date")
        try demand(WallTime(httpDate: asctime(second), now: now) == second, "asctime's form reads differently")
        // RFC 850 has two digits of a year: from 49 years back to 50 ahead of now it means this one.
        guard (1_977...2_076).contains(civil.year) else { continue }
        try demand(WallTime(httpDate: rfc850(second), now: now) == second, "RFC 850's form reads differently")
    }
}

/// `Sun Nov  6 08:49:37 1994`, out of the other form.
private func asctime(_ time: WallTime) -> String {
    let parts = time.httpDate.split(separator: " ")
    return "\(parts[0].dropLast()) \(parts[2]) \(parts[1]) \(parts[4]) \(parts[3])"
}

/// `Sunday, 06-Nov-94 08:49:37 GMT`.
private func rfc850(_ time: WallTime) -> String {
    let parts = time.httpDate.split(separator: " ")
    return "\(parts[0].dropLast())day, \(parts[1])-\(parts[2])-\(parts[3].suffix(2)) \(parts[4]) GMT"
}
