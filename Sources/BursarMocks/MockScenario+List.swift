extension MockScenario {
    /// One line of the list that `GET /_mock`, the documentation and a 400 show. *Value.*
    public struct Form: Sendable {
        /// The name, with `{…}` where a parameter stands: `429-retry-after-{seconds}`.
        public let name: String
        /// A name that can be used as it is.
        public let sample: String
        /// What the mock does, in one line.
        public let about: String

        init(_ name: String, sample: String? = nil, _ about: String) {
            self.name = name
            self.sample = sample ?? name
            self.about = about
        }
    }

    /// Every form a name can have, in the order of the documentation.
    public static let all: [Form] = [
        Form("ok", "the documented success, byte for byte the definition's example"),
        Form("ok-{status}", sample: "ok-201", "the same with another success status"),
        Form("depleted", "the example with 0 for its first amount"),
        Form("low", "the example with 1 for its first amount, and the provider's own low flag raised"),
        Form("balance-{number}", sample: "balance-12.3400", "the example with exactly this text for its first amount"),
        Form("drift", "the first amount falls with each call of a key"),
        Form("top-up", "the first amount falls for four calls of a key and is back with the fifth"),
        Form("big-number", "the longest number that the documented schema admits"),
        Form("example-{name}", sample: "example-200", "the documented example of that name, byte for byte; also of an error"),

        Form("{status}", sample: "401", "an error from 400 to 599 in the documented shape; 429 without any hint"),
        Form("429-retry-after-{seconds}", sample: "429-retry-after-3", "429 with Retry-After; 0, -5 or soon are sent as written"),
        Form("429-date-{seconds}", sample: "429-date-5", "429 with Retry-After as an HTTP-date so many seconds ahead"),
        Form("429-text-{seconds}", sample: "429-text-17", "429 that tells the wait in prose only"),
        Form("429-ratelimit-{seconds}", sample: "429-ratelimit-30", "429 with a RateLimit field and no Retry-After"),
        Form("503-retry-after-{seconds}", sample: "503-retry-after-2", "503 with Retry-After"),
        Form("error-inside-200", "status 200, and the body says that it failed"),
        Form("error-inside-200-{code}", sample: "error-inside-200-429", "the same with this code, where the envelope has one"),
        Form("flaky-{n}", sample: "flaky-3", "every nth call of a key is a 500"),

        Form("slow-{duration}", sample: "slow-250ms", "the documented success after 250ms, 2s or 1m"),
        Form("hang", "the request is read and never answered"),
        Form("reset", "the connection is reset before an answer"),
        Form("truncated", "half of the promised body, then the connection closes"),
        Form("stalled", "half of the body, then nothing more on an open connection"),
        Form("drip-{duration}", sample: "drip-100ms", "the body in pieces of 16 bytes, one each interval"),
        Form("truncated-json", "a complete answer whose JSON stops half way"),

        Form("html", "an HTML page with status 200"),
        Form("wrong-types", "the example with true where its first amount belongs"),
        Form("duplicate-keys", "the example with its first amount twice, with different values"),
        Form("huge", "the example behind 2 MiB of spaces"),
        Form("gzip", "the example with Content-Encoding: gzip"),
        Form("gzip-bomb", "a little gzip that unfolds to 64 MiB"),
        Form("bad-gzip", "Content-Encoding: gzip and bytes that are none"),
        Form("redirect", "302 to a place that counts who follows"),
        Form("echo-key", "the success, with the caller's key in its body and in a header"),
        Form("echo-key-{status}", sample: "echo-key-401", "the documented error, with the caller's key in it")
    ]
}
