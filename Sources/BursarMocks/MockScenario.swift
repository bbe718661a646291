/// What a mock provider does with a call: a closed set, each with a name such as `429-retry-after-3`. *Value.*
///
/// The name is the same everywhere: after `mock-` as a key, in `PUT /_mock/{provider}`, in the `Bursar-Mock` header of the
/// answer and in ``description``. ``all`` lists the forms with a line on each.
public enum MockScenario: Sendable, Hashable {
    /// The documented success, byte for byte the definition's example.
    case ok
    /// The same body with another success status, as some providers send 201. Where it is no 2xx that has a body, 200.
    case okWith(status: Int)
    /// The example with 0 for its first amount, written with as many decimals as the example has.
    case depleted
    /// The example with a small rest (1) for its first amount, and with the provider's own low flag raised where it has one.
    case low
    /// The example with exactly this text for its first amount: `"12.3400"` keeps its zeros. The text is not checked, so that
    /// a malformed number can be tried too; where the example has a string it is escaped as one.
    case balance(String)
    /// The documented example of that name, byte for byte: `200-full`, `401`, `default`. A range and `default` come with the first status
    /// that they may have, 400 for `4XX` and 500 for `default`.
    case example(String)
    /// An error of the documented shape. Outside 400…599 it is taken as 500.
    case status(Int)
    /// 429, with what the provider says about when to come back.
    case rateLimited(RateLimitHint)
    /// 503 with `Retry-After` in seconds.
    case unavailable(retryAfter: Int)
    /// The documented success, this much later.
    case slow(Duration)
    /// The request is read and nothing is ever answered.
    case hang
    /// The connection is reset before an answer.
    case reset
    /// The head promises the whole body, half of it comes, and the connection closes.
    case truncated
    /// A complete answer whose JSON stops half way.
    case truncatedJSON
    /// The head and half of the body come, and then nothing more while the connection stays open.
    case stalled
    /// The body comes in pieces of 16 bytes, one each interval.
    case drip(every: Duration)
    /// An HTML page with status 200.
    case html
    /// The example with `true` where its first amount belongs.
    case wrongTypes
    /// An error with a success status: the code of the definition's envelope says so, or, where it has none, a documented
    /// error body does.
    case errorInside200(code: Int?)
    /// 302 to a place on the same server that counts who follows.
    case redirect
    /// The example behind 2 MiB of spaces: valid JSON, too much of it.
    case huge
    /// The example with `Content-Encoding: gzip`, asked for or not.
    case gzip
    /// A few dozen KiB of gzip that unfold to 64 MiB.
    case gzipBomb
    /// `Content-Encoding: gzip` and bytes that are no gzip.
    case badGzip
    /// The first amount falls with each call of a key, by about a hundredth of the example, down to 0.
    case drift
    /// The first amount falls for four calls of a key and is topped up with the fifth.
    case topUp
    /// The answer repeats the caller's key in its body, in several encodings, and in a header: for tests that no key leaks.
    /// - Parameter status: nil for the documented success, else an error of the documented shape.
    case echoKey(status: Int?)
    /// Every Nth call of a key is a 500, the others are ok. Below 1 it is taken as 1.
    case flaky(every: Int)
    /// The example with its first amount twice, with different values.
    case duplicateKeys
    /// The example with the longest number that its documented schema admits, beyond what a binary double can hold where
    /// possible.
    case bigNumber
}

/// How a 429 says when to come back. *Value.*
public enum RateLimitHint: Sendable, Hashable {
    /// Not at all.
    case none
    /// `Retry-After: 3`. 0 is sent as it is: some providers do, and it is no permission.
    case seconds(Int)
    /// `Retry-After` with this text, for the malformed and the negative.
    case malformed(String)
    /// `Retry-After` as an HTTP-date this many seconds after the answer's `Date`; before it where negative.
    case date(secondsAhead: Int)
    /// No header, only prose in the documented error shape: "Expected available in 17 seconds.".
    case text(seconds: Int)
    /// `RateLimit: "default";r=0;t=30` and no `Retry-After`.
    case rateLimitField(seconds: Int)
}

extension MockScenario: CustomStringConvertible {
    /// The name: what ``init(_:)`` reads.
    public var description: String {
        switch self {
        case .ok: "ok"
        case .okWith(let status): "ok-\(status)"
        case .depleted: "depleted"
        case .low: "low"
        case .balance(let text): "balance-\(text)"
        case .example(let name): "example-\(name)"
        case .status(let status): "\(status)"
        case .rateLimited(.none): "429"
        case .rateLimited(.seconds(let seconds)): "429-retry-after-\(seconds)"
        case .rateLimited(.malformed(let text)): "429-retry-after-\(text)"
        case .rateLimited(.date(let seconds)): "429-date-\(seconds)"
        case .rateLimited(.text(let seconds)): "429-text-\(seconds)"
        case .rateLimited(.rateLimitField(let seconds)): "429-ratelimit-\(seconds)"
        case .unavailable(let seconds): "503-retry-after-\(seconds)"
        case .slow(let duration): "slow-\(duration.scenarioText)"
        case .hang: "hang"
        case .reset: "reset"
        case .truncated: "truncated"
        case .truncatedJSON: "truncated-json"
        case .stalled: "stalled"
        case .drip(let interval): "drip-\(interval.scenarioText)"
        case .html: "html"
        case .wrongTypes: "wrong-types"
        case .errorInside200(nil): "error-inside-200"
        case .errorInside200(let code?): "error-inside-200-\(code)"
        case .redirect: "redirect"
        case .huge: "huge"
        case .gzip: "gzip"
        case .gzipBomb: "gzip-bomb"
        case .badGzip: "bad-gzip"
        case .drift: "drift"
        case .topUp: "top-up"
        case .echoKey(nil): "echo-key"
        case .echoKey(let status?): "echo-key-\(status)"
        case .flaky(let every): "flaky-\(every)"
        case .duplicateKeys: "duplicate-keys"
        case .bigNumber: "big-number"
        }
    }
}
