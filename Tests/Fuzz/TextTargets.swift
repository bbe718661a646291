import BursarCatalog
import BursarModel

@testable import BursarEngine

/// JSON: what was read and written again is the same value, to the last digit.
func fuzzJSON(_ bytes: [UInt8]) {
    guard let value = try? JSONReader.read(bytes) else { return }
    let again = try? JSONReader.read(JSONWriter.compact(value))
    precondition(again == value, "written, it reads differently")
    precondition(
        (try? JSONReader.read(JSONWriter.pretty(value), limits: JSONLimits(bytes: 1 << 30))) == value,
        "laid out, it reads differently")
}

/// Dates and Retry-After: nothing traps, and a date that is written reads as itself.
func fuzzDates(_ bytes: [UInt8]) {
    let text = String(decoding: bytes, as: UTF8.self)
    let now = WallTime(milliseconds: 1_795_219_200_000)
    for time in [WallTime(httpDate: text, now: now), WallTime(rfc3339: text)] {
        guard let time else { continue }
        precondition(WallTime(rfc3339: time.rfc3339) == time, "an RFC 3339 time reads differently")
    }
    _ = CooldownHint.retryAfter({ $0 == "retry-after" ? [text] : $0 == "date" ? [text] : [] }, now: now)
}
