@testable import BursarConfiguration
import BursarMocks

/// A way in which an upstream misbehaves: a row of the contract's section 5, and what must follow from it. *Value.*
struct Fault: Sendable {
    /// How the table calls it.
    let name: String
    let provider: String
    let upset: Upset
    let consequence: Consequence
    /// What a provider route answers when nothing may be shown.
    let routeStatus: Int
    /// When the next call may begin.
    let askedAgain: Wait

    /// How it is brought about.
    enum Upset: Sendable, Equatable {
        /// The mock answers with this, until reset.
        case scenario(String)
        /// The answer comes after the timeout and before the call is given up.
        case tooSlow
        /// The answer never comes.
        case hang
        /// The provider's server is stopped.
        case refused
        /// The account's `base_url` is one where nothing can be had, ever: nothing can have been held from there.
        case unreachable(baseURL: BaseURL)
        /// 500, five times.
        case fiveFailures
    }

    enum BaseURL: Sendable {
        /// A name without an address.
        case withoutAddress
        /// HTTPS, where a server speaks plain HTTP.
        case notTLS
    }

    /// What section 5 promises, by kind of failure; the tests hold every answer against it, whatever the table says.
    enum Consequence: Sendable, Equatable {
        case fresh
        /// Whatever was held is not shown any more.
        case rejected(String)
        /// A good reading is shown on, marked. `waits`: time alone is the cure, so that a list without any value says 503.
        case failed(String, waits: Bool)
    }

    var code: String? {
        switch consequence {
        case .fresh: nil
        case .rejected(let code), .failed(let code, _): code
        }
    }

    /// What a list whose only row this is answers when nothing may be shown.
    var listStatus: Int {
        switch consequence {
        case .fresh: 200
        case .rejected: 502
        case .failed("timeout", _): 504
        case .failed(_, let waits): waits ? 503 : 502
        }
    }

    init(
        _ name: String, _ upset: Upset, provider: String = "sunor", _ consequence: Consequence, route: Int, _ askedAgain: Wait
    ) {
        (self.name, self.upset, self.provider, self.consequence) = (name, upset, provider, consequence)
        (self.routeStatus, self.askedAgain) = (route, askedAgain)
    }
}

/// A time after which the provider is asked again: not before `from`, and when asked then at the latest at `to`. *Value.*
struct Wait: Sendable, Equatable {
    let name: String
    let from: Duration
    let to: Duration

    static let ttl = Wait(name: "10 s: its ttl", from: .seconds(10), to: .seconds(10))
    static let backoff = Wait(name: "1 to 1.25 s", from: .seconds(1), to: .milliseconds(1_250))
    static let told7 = Wait(name: "7 s, as told", from: .seconds(7), to: .seconds(7))
    static let told17 = Wait(name: "17 s, as told", from: .seconds(17), to: .seconds(17))
    static let circuit = Wait(name: "30 s, one probe", from: .seconds(30), to: .seconds(30))
    static let untold = Wait(name: "30 to 37.5 s", from: .seconds(30), to: .milliseconds(37_500))
    static let told40 = Wait(name: "40 s, as told", from: .seconds(40), to: .seconds(40))
    /// A date has whole seconds, and one may end between the mock's look at the clock and its server's `Date`.
    static let toldDate40 = Wait(name: "40 s, as told", from: .seconds(39), to: .seconds(41))
    static let rejected = Wait(name: "5 min", from: .seconds(300), to: .seconds(300))
    static let anHour = Wait(name: "1 h: two were told", from: .seconds(3_600), to: .seconds(3_600))
    static let givenUp = Wait(name: "20 s: the call is given up", from: .seconds(20), to: .seconds(20))
    static let landed = Wait(name: "10 s after the late answer landed", from: .seconds(10), to: .seconds(10))
}

extension Fault {
    static let all: [Fault] = [
        Fault("2xx that fits", .scenario("balance-" + FaultBench.value), .fresh, route: 200, .ttl),
        Fault("429, Retry-After: 40", .scenario("429-retry-after-40"), limited, route: 429, .told40),
        Fault("429, Retry-After: a date in 40 s", .scenario("429-date-40"), limited, route: 429, .toldDate40),
        Fault("429, Retry-After: a date that is past", .scenario("429-date--5"), limited, route: 429, .untold),
        Fault("429, Retry-After: 0", .scenario("429-retry-after-0"), limited, route: 429, .untold),
        Fault("429, Retry-After: -5", .scenario("429-retry-after--5"), limited, route: 429, .untold),
        Fault("429, Retry-After: soon", .scenario("429-retry-after-soon"), limited, route: 429, .untold),
        Fault("429, Retry-After: 7200", .scenario("429-retry-after-7200"), limited, route: 429, .anHour),
        Fault("429, RateLimit field", .scenario("429-ratelimit-17"), limited, route: 429, .told17),
        Fault("429, “available in 17 seconds”", .scenario("429-text-17"), limited, route: 429, .told17),
        Fault("429, says nothing", .scenario("429"), limited, route: 429, .untold),
        Fault("401", .scenario("401"), .rejected("unauthorized"), route: 401, .rejected),
        Fault("403", .scenario("403"), .rejected("forbidden"), route: 403, .rejected),
        Fault(
            "400 where it is documented for keys", .scenario("400"), provider: "deepixels", .rejected("unauthorized"), route: 400,
            .rejected),
        Fault("400 elsewhere", .scenario("400"), upstreamError, route: 400, .backoff),
        Fault("500", .scenario("500"), upstreamError, route: 500, .backoff),
        Fault("502", .scenario("502"), upstreamError, route: 502, .backoff),
        Fault("503", .scenario("503"), upstreamError, route: 503, .backoff),
        Fault(
            "503, Retry-After: 7", .scenario("503-retry-after-7"), .failed("upstream_error", waits: true), route: 503, .told7),
        Fault("504", .scenario("504"), upstreamError, route: 504, .backoff),
        Fault("connection refused", .refused, unreachable, route: 502, .backoff),
        Fault("connection reset", .scenario("reset"), unreachable, route: 502, .backoff),
        Fault("no address (DNS)", .unreachable(baseURL: .withoutAddress), unreachable, route: 502, .backoff),
        Fault("no TLS", .unreachable(baseURL: .notTLS), unreachable, route: 502, .backoff),
        Fault("too slow", .tooSlow, .failed("timeout", waits: false), route: 504, .landed),
        Fault("no answer at all", .hang, .failed("timeout", waits: false), route: 504, .givenUp),
        Fault("2xx of another shape", .scenario("wrong-types"), invalid, route: 502, .backoff),
        Fault("2xx, the same member twice", .scenario("duplicate-keys"), invalid, route: 502, .backoff),
        Fault("2xx, JSON that stops half way", .scenario("truncated-json"), invalid, route: 502, .backoff),
        Fault("2xx, HTML", .scenario("html"), invalid, route: 502, .backoff),
        Fault("2xx, the connection ends half way", .scenario("truncated"), invalid, route: 502, .backoff),
        Fault("2xx of more than 1 MiB", .scenario("huge"), invalid, route: 502, .backoff),
        Fault("2xx, gzip that is none", .scenario("bad-gzip"), invalid, route: 502, .backoff),
        Fault("2xx, a gzip bomb", .scenario("gzip-bomb"), invalid, route: 502, .backoff),
        Fault(
            "2xx, Legnext's code 503 inside", .scenario("error-inside-200-503"), provider: "legnext", upstreamError, route: 503,
            .backoff),
        Fault("2xx, Sunor's code 503 inside", .scenario("error-inside-200-503"), upstreamError, route: 503, .backoff),
        Fault(
            "2xx, Sunor's code 401 inside", .scenario("error-inside-200-401"), .rejected("unauthorized"), route: 401, .rejected),
        Fault("2xx, Sunor's code 429 inside", .scenario("error-inside-200-429"), limited, route: 429, .untold),
        Fault("redirect", .scenario("redirect"), upstreamError, route: 502, .backoff),
        Fault("five failures in a row", .fiveFailures, .failed("circuit_open", waits: true), route: 503, .circuit)
    ]

    private static let limited = Consequence.failed("rate_limited", waits: true)
    private static let upstreamError = Consequence.failed("upstream_error", waits: false)
    private static let unreachable = Consequence.failed("unreachable", waits: false)
    private static let invalid = Consequence.failed("invalid_response", waits: false)
}
