import BursarBasics
internal import BursarModel

extension MockScenario {
    /// Reads a name such as `429-retry-after-3`; nil where no scenario is called that. ``all`` says what exists.
    public init?(_ name: some StringProtocol) {
        let name = String(name)
        guard name.utf8.count <= Self.longestName else { return nil }
        if let plain = Self.withoutParameter[name] {
            self = plain
        } else if let parsed = Self.withParameter(name) {
            self = parsed
        } else {
            return nil
        }
    }

    /// Names stand in headers and in `GET /_mock`: what a caller can put there is bounded.
    static let longestName = 80

    /// Ten years: an HTTP-date beyond that tests no more than one within.
    static let mostSeconds = 315_360_000

    private static let withoutParameter: [String: MockScenario] = {
        let scenarios: [MockScenario] = [
            .ok, .depleted, .low, .hang, .reset, .truncated, .truncatedJSON, .stalled, .html, .wrongTypes,
            .errorInside200(code: nil),
            .redirect, .huge, .gzip, .gzipBomb, .badGzip, .drift, .topUp, .echoKey(status: nil), .duplicateKeys, .bigNumber
        ]
        return Dictionary(scenarios.map { ($0.description, $0) }, uniquingKeysWith: { first, _ in first })
    }()

    private static func withParameter(_ name: String) -> MockScenario? {
        if let status = parseASCIIDigits(name) {
            guard (400...599).contains(status), name.utf8.count == 3 else { return nil }
            return status == 429 ? .rateLimited(.none) : .status(status)
        }
        if let text = name.parameter(after: "ok-") {
            guard let status = parseASCIIDigits(text), text.utf8.count == 3, isSuccessWithBody(status) else { return nil }
            return .okWith(status: status)
        }
        if let text = name.parameter(after: "429-retry-after-") {
            if let seconds = parseASCIIDigits(text) { return .rateLimited(.seconds(seconds)) }
            return text.isHeaderWord ? .rateLimited(.malformed(String(text))) : nil
        }
        if let text = name.parameter(after: "429-date-") {
            return signedSeconds(text).map { .rateLimited(.date(secondsAhead: $0)) }
        }
        if let text = name.parameter(after: "429-text-") { return seconds(text).map { .rateLimited(.text(seconds: $0)) } }
        if let text = name.parameter(after: "429-ratelimit-") {
            return seconds(text).map { .rateLimited(.rateLimitField(seconds: $0)) }
        }
        if let text = name.parameter(after: "503-retry-after-") { return seconds(text).map { .unavailable(retryAfter: $0) } }
        if let text = name.parameter(after: "slow-") { return Duration(scenarioText: text).map { .slow($0) } }
        if let text = name.parameter(after: "drip-") { return Duration(scenarioText: text).map { .drip(every: $0) } }
        if let text = name.parameter(after: "balance-") {
            return ExactDecimal(text) == nil ? nil : .balance(String(text))
        }
        if let text = name.parameter(after: "example-") { return text.isHeaderWord ? .example(String(text)) : nil }
        if let text = name.parameter(after: "error-inside-200-") {
            guard let code = parseASCIIDigits(text), code <= 99_999 else { return nil }
            return .errorInside200(code: code)
        }
        if let text = name.parameter(after: "echo-key-") {
            guard let status = parseASCIIDigits(text), (400...599).contains(status) else { return nil }
            return .echoKey(status: status)
        }
        if let text = name.parameter(after: "flaky-") {
            guard let every = parseASCIIDigits(text), every >= 1 else { return nil }
            return .flaky(every: every)
        }
        return nil
    }

    /// 204 and 205 have no body, which a balance needs (RFC 9110 15.3).
    static func isSuccessWithBody(_ status: Int) -> Bool { (200...299).contains(status) && status != 204 && status != 205 }

    private static func seconds(_ text: Substring) -> Int? {
        parseASCIIDigits(text).flatMap { $0 <= mostSeconds ? $0 : nil }
    }

    private static func signedSeconds(_ text: Substring) -> Int? {
        guard text.first == "-" else { return seconds(text) }
        return seconds(text.dropFirst()).map { -$0 }
    }
}

extension String {
    fileprivate func parameter(after prefix: String) -> Substring? {
        guard hasPrefix(prefix), utf8.count > prefix.utf8.count else { return nil }
        return self[utf8.index(startIndex, offsetBy: prefix.utf8.count)...]
    }
}

extension Substring {
    /// Letters, digits and `.+-_`: safe in a header and on a terminal.
    fileprivate var isHeaderWord: Bool {
        utf8.allSatisfy {
            $0.isASCIILetter || $0.isASCIIDigit || $0 == 0x2B || $0 == 0x2D || $0 == 0x2E || $0 == 0x5F
        }
    }
}

extension Duration {
    /// `250ms`, `30s`, `5m`; at most an hour, because a mock that sleeps longer is `hang`.
    init?(scenarioText text: Substring) {
        let units: [(suffix: String, milliseconds: Int)] = [("ms", 1), ("s", 1_000), ("m", 60_000)]
        for unit in units where text.hasSuffix(unit.suffix) {
            guard let count = parseASCIIDigits(text.dropLast(unit.suffix.utf8.count)), count <= 3_600_000 / unit.milliseconds
            else { return nil }
            self = .milliseconds(count * unit.milliseconds)
            return
        }
        return nil
    }

    /// The shortest of the three forms that tells it exactly, to the millisecond.
    var scenarioText: String {
        let milliseconds = self.milliseconds
        if milliseconds == 0 || milliseconds % 1_000 != 0 { return "\(milliseconds)ms" }
        return milliseconds % 60_000 == 0 ? "\(milliseconds / 60_000)m" : "\(milliseconds / 1_000)s"
    }
}
