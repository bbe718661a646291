import BursarBasics
import BursarModel
import TestSupport
import Testing

@testable import BursarEngine

@Suite struct `Cooldown hints` {
    private static let now = WallTime(seconds: 1_795_215_360)  // Fri, 20 Nov 2026 22:56:00 GMT

    private func read(
        _ fields: [String: [String]], status: Int = 429, body: String = ""
    ) -> CooldownHint? {
        CooldownHint.read(
            status: status, field: { fields[$0] ?? [] }, body: Array(body.utf8), now: Self.now)
    }

    private func hint(_ seconds: Int64, _ source: CooldownHint.Source) -> CooldownHint? {
        CooldownHint(wait: .seconds(seconds), source: source)
    }

    @Test func `the samples of the simulation are read as they are written down`() {
        for sample in HintSample.all {
            let wait = sample.hint(status: 429)?.wait
            if sample.seconds == Int64.max / 4 {
                #expect(wait.map { $0 > .seconds(1_000_000_000) } == true, "a huge number saturates")
            } else {
                #expect(wait == sample.seconds.map { .seconds($0) }, "\(sample.fields) \(sample.body)")
            }
        }
    }

    @Test func `Retry-After in seconds`() {
        #expect(read(["retry-after": ["17"]]) == hint(17, .retryAfterSeconds))
        #expect(read(["retry-after": [" 17 \t"]]) == hint(17, .retryAfterSeconds))
        #expect(read(["retry-after": ["017"]]) == hint(17, .retryAfterSeconds))
        #expect(read(["retry-after": ["17", "60"]]) == hint(60, .retryAfterSeconds), "the longer of two")
    }

    @Test(arguments: [
        "", " ", "0", "00", "-1", "+5", "1.", "1e3", "0x10", "inf", "nan", "5x", "5 5", ",", "٣", "１７", "soon", "\u{0}5",
        "Fri, 20 Nov 2026 22:55:59 GMT", "Fri, 20 Nov 2026 22:56:00 GMT", "Fri, 32 Nov 2026 22:57:00 GMT", "2026-11-20T22:57:00Z"
    ])
    func `zero, negative, past and malformed are no hint`(value: String) {
        #expect(read(["retry-after": [value]]) == nil)
        #expect(read(["ratelimit-reset": [value]]) == nil)
        #expect(read([:], body: "Expected available in \(value) seconds.") == nil)
    }

    @Test(arguments: [
        ("299.997", 300), ("300.0", 300), ("0.2", 1), ("300s", 300), ("300 S", 300), ("1.5s", 2), ("2m", 120), ("1h", 3_600),
        ("20, 299.997", 300), ("soon, 20", 20), ("1795215400", 40), ("1795215400000", 40),
        // Larger than any time that could be meant.
        ("999999999999999", 999_999_999_999_999)
    ])
    func `C6, C7: a wait that is written wrongly is read where its meaning is plain`(value: String, seconds: Int64) {
        #expect(read(["retry-after": [value]]) == hint(seconds, .retryAfterSeconds))
    }

    @Test func `C6: one that cannot be read does not hide another, and the longest counts`() {
        #expect(read(["retry-after": ["20", "299.997"]]) == hint(300, .retryAfterSeconds))
        #expect(read(["retry-after": ["soon", "20"]]) == hint(20, .retryAfterSeconds))
        let milliseconds = CooldownHint(wait: .milliseconds(1_501), source: .retryAfterMilliseconds)
        #expect(read(["retry-after-ms": ["1500.2"]]) == milliseconds)
        #expect(read(["retry-after-ms": ["1500.2"], "retry-after": ["1"]]) == milliseconds)
        #expect(read(["retry-after-ms": ["1500"], "retry-after": ["2"]]) == hint(2, .retryAfterSeconds))
    }

    @Test(arguments: ["1795215360", "1795215000000", "1000000000"])
    func `C7: a Unix time that has passed is no hint`(value: String) {
        #expect(read(["retry-after": [value]]) == nil)
        #expect(read(["ratelimit-reset": [value]]) == nil)
        #expect(read(["retry-after": [value, "5"]]) == hint(5, .retryAfterSeconds))
    }

    @Test func `C7: a Unix time counts from the server's clock`() {
        let date = ["date": ["Fri, 20 Nov 2026 22:56:10 GMT"]]
        #expect(read(date.merging(["retry-after": ["1795215400"]]) { $1 }) == hint(30, .retryAfterSeconds))
        #expect(read(date.merging(["ratelimit-reset": ["1795215400"]]) { $1 }) == hint(30, .rateLimitReset))
    }

    @Test func `Retry-After as a date is corrected by the Date of the answer`() {
        let later = "Fri, 20 Nov 2026 22:57:30 GMT"
        #expect(read(["retry-after": [later]]) == hint(90, .retryAfterDate), "without Date, our clock")
        let ahead = ["retry-after": [later], "date": ["Fri, 20 Nov 2026 22:57:00 GMT"]]
        #expect(read(ahead) == hint(30, .retryAfterDate), "a server whose clock is a minute ahead")
        let behind = ["retry-after": ["Thu, 19 Nov 2026 22:56:40 GMT"], "date": ["Thu, 19 Nov 2026 22:56:00 GMT"]]
        #expect(read(behind) == hint(40, .retryAfterDate), "a server whose clock is a day behind")
        #expect(read(["retry-after": [later], "date": ["yesterday"]]) == hint(90, .retryAfterDate))
        #expect(read(["retry-after": ["Friday, 20-Nov-26 22:57:30 GMT"]]) == hint(90, .retryAfterDate), "RFC 850")
        #expect(read(["retry-after": ["Fri Nov 20 22:57:30 2026"]]) == hint(90, .retryAfterDate), "asctime")
    }

    @Test func `RateLimit: of several quotas the used-up one that comes back last`() {
        #expect(read(["ratelimit": [#""p";r=0;t=30"#]]) == hint(30, .rateLimit))
        #expect(read(["ratelimit": [#""burst";r=0;t=3, "day" ; r=0 ; t=60"#]]) == nil, "a blank before ; is malformed")
        #expect(read(["ratelimit": [#""burst";r=0;t=3, "day"; r=0; t=60"#]]) == hint(60, .rateLimit))
        #expect(read(["ratelimit": [#""burst";r=0;t=3"#, #""day";r=9;t=60"#]]) == hint(3, .rateLimit), "two lines")
        #expect(read(["ratelimit": [#""a,b;r=5\"";r=0;t=7;pk=:AAA=:"#]]) == hint(7, .rateLimit), "hostile names")
        #expect(read(["ratelimit": ["default;r=0;t=8"]]) == hint(8, .rateLimit), "a token for a name")
    }

    @Test(arguments: [
        #""p";r=5;t=30"#, #""p";r=0;t=0"#, #""p";r=0;t=-3"#, #""p";r=0"#, #""p;r=0;t=30"#, #""p";r=0;t=30,"#, #""p";r=0;t="#, ";",
        "",
        #""p";r=0;t=30 x"#, #""p";r=0;t=1.5"#, "\"\\"
    ])
    func `a RateLimit that is malformed or speaks of something left is no hint`(value: String) {
        #expect(read(["ratelimit": [value]]) == nil)
    }

    @Test func `the older drafts`() {
        #expect(read(["ratelimit": ["limit=100, remaining=0, reset=50"]]) == hint(50, .rateLimit))
        #expect(read(["ratelimit": ["limit=100, remaining=7, reset=50"]]) == nil)
        #expect(
            read(["ratelimit-limit": ["100"], "ratelimit-remaining": ["0"], "ratelimit-reset": ["50"]])
                == hint(50, .rateLimitReset))
        #expect(read(["ratelimit-remaining": ["7"], "ratelimit-reset": ["50"]]) == nil)
    }

    @Test func `X-RateLimit-Reset, which is a time at one provider and seconds at another, is not read`() {
        #expect(read(["x-ratelimit-reset": ["1795215400"]]) == nil && read(["x-ratelimit-reset": ["40"]]) == nil)
    }

    @Test func `the text of a throttle message`() {
        #expect(
            read([:], body: #"{"detail":"Request was throttled. Expected available in 17 seconds."}"#) == hint(17, .throttleText))
        #expect(read([:], body: "Expected available in 1 second.") == hint(1, .throttleText))
        #expect(read([:], body: "Expected available in 0 seconds.") == nil)
        #expect(read([:], body: "Expected available in a while") == nil)
        #expect(read([:], body: "Expected available in ") == nil)
        #expect(read([:], body: String(repeating: "E", count: 5_000) + "Expected available in 17 seconds.") == nil, "too far in")
        #expect(read([:], body: "EExpected availablE Expected available in 3 seconds") == hint(3, .throttleText))
    }

    @Test func `the more believable form wins, and one that says nothing gives way`() {
        let fields = ["retry-after": ["17"], "ratelimit": [#""p";r=0;t=30"#], "ratelimit-reset": ["50"]]
        let body = "Expected available in 99 seconds."
        #expect(read(fields, body: body)?.source == .retryAfterSeconds)
        #expect(read(fields.merging(["retry-after": ["0"]]) { $1 }, body: body) == hint(30, .rateLimit))
        #expect(read(["retry-after": ["0"]], body: body) == hint(99, .throttleText))
    }

    @Test func `a 503 is read by its Retry-After alone, and other statuses not at all`() {
        #expect(read(["retry-after": ["17"]], status: 503) == hint(17, .retryAfterSeconds))
        #expect(read(["ratelimit": [#""p";r=0;t=30"#]], status: 503) == nil)
        #expect(read([:], status: 503, body: "Expected available in 17 seconds.") == nil)
        for status in [200, 401, 403, 500, 502, 504] { #expect(read(["retry-after": ["17"]], status: status) == nil) }
    }

    @Test func `random bytes never trap, and never give a wait that is not above zero`() {
        let seed = RandomTest.seed("hints of random bytes")
        var random = SplitMix64(seed: seed)
        let alphabet = Array(#""p;r=0t,: \-9+FriNov20GMT.:="#.unicodeScalars)
        for _ in 0..<RandomTest.rounds(5_000) {
            func text() -> String {
                var scalars = String.UnicodeScalarView()
                for _ in 0..<random.below(24) { scalars.append(random.pick(alphabet)) }
                return String(scalars)
            }
            let fields = ["retry-after": [text()], "ratelimit": [text(), text()], "ratelimit-reset": [text()], "date": [text()]]
            let hint = read(fields, body: "Expected available in " + text())
            #expect(hint.map { $0.wait > .zero } ?? true)
        }
    }
}
