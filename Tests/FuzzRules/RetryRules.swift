import BursarBasics
import BursarModel

@testable import BursarEngine

extension FuzzTarget {
    /// When a provider says to come back: the fields and the body that may say it.
    static let retryAfter = FuzzTarget(
        "retry-after", home: "BursarEngineTests", longest: 512,
        words: [
            "retry-after: ", "\nretry-after: ", "\ndate: ", "\nratelimit: ", "\nratelimit-remaining: ", "\nratelimit-reset: ",
            "\n\n", "Expected available in ", " seconds.", "Sun, 06 Nov 1994 08:49:37 GMT",
            "Fri, 20 Nov 2026 22:57:10 GMT", "\"p\";r=0;t=30", "limit=100, remaining=0, reset=30", "9223372036854775807",
            "99999999999999999999", "3600", "-1"
        ],
        seeds: {
            [
                "retry-after: 17", "retry-after: Fri, 20 Nov 2026 22:57:10 GMT\ndate: Fri, 20 Nov 2026 22:57:00 GMT",
                "ratelimit: \"p\";r=0;t=30, \"q\";r=5;t=60", "ratelimit-remaining: 0\nratelimit-reset: 30",
                "\nRequest was throttled. Expected available in 17 seconds."
            ].map { Array($0.utf8) }
        }, checkHints)
}

/// An answer whose fields and body are written as text: `name: value` lines, an empty line, the body. *Value.*
private struct Hinted {
    var fields: [(name: String, value: String)] = []
    var body: [UInt8] = []

    init(_ bytes: [UInt8]) {
        var lines = bytes.split(separator: 0x0A, omittingEmptySubsequences: false)[...]
        while let line = lines.popFirst(), !line.isEmpty {
            let parts = line.split(separator: UInt8(ascii: ":"), maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2 else { continue }
            // As the transport gives them: names in lower case, no blanks around a value.
            var value = parts[1]
            while value.first == 0x20 || value.first == 0x09 { value = value.dropFirst() }
            while value.last == 0x20 || value.last == 0x09 { value = value.dropLast() }
            let name = String(decoding: parts[0], as: UTF8.self).lowercased()
            fields.append((name, String(decoding: value, as: UTF8.self)))
        }
        body = Array(lines.joined(separator: [0x0A]))
    }

    func values(_ name: String) -> [String] { fields.filter { $0.name == name }.map(\.value) }

    func hint(_ status: Int, now: WallTime) -> CooldownHint? {
        CooldownHint.read(status: status, field: { values($0) }, body: body, now: now)
    }
}

private func checkHints(_ bytes: [UInt8]) throws(BrokenRule) {
    let answer = Hinted(bytes)
    let now = WallTime(milliseconds: 1_795_219_200_000)
    for status in [200, 429, 503] {
        let hint = answer.hint(status, now: now)
        try demand(hint.map { $0.wait > .zero } ?? true, "a wait of nothing")
        try demand(status != 200 || hint == nil, "a success says to wait")
        try checkCooldown(hint)
        // Where a provider tells the time, this machine's clock does not matter (RFC 850's year alone is placed by it).
        if answer.values("date").contains(where: { $0.hasSuffix("GMT") && WallTime(httpDate: $0, now: now) != nil }) {
            let later = answer.hint(status, now: now.advanced(by: .seconds(86_400)))
            try demand(later == hint, "the wait depends on this machine's clock")
        }
    }
    try checkOrder(answer, now: now)
}

/// No answer makes anyone wait longer than is documented, or not at all.
private func checkCooldown(_ hint: CooldownHint?) throws(BrokenRule) {
    var cooldown = Cooldown()
    var random = SplitMix64(seed: 1)
    for _ in 0..<6 {
        let wait = cooldown.refused(hint: hint, &random)
        try demand(wait > .zero, "a refusal is followed by no wait")
        try demand(wait <= Cooldown.longestHinted, "a refusal is followed by \(wait)")
        if let hint { try demand(wait >= min(hint.wait, Cooldown.longestHinted), "asked before the provider said") }
    }
}

/// The lines of a field may come in any order, and one that asks for longer never makes the wait shorter.
private func checkOrder(_ answer: Hinted, now: WallTime) throws(BrokenRule) {
    let hint = answer.hint(429, now: now)
    var turned = answer
    turned.fields.reverse()
    // Of several dates the first one counts, and of several RateLimit fields a list is made whose quotes may span them.
    if answer.values("date").count < 2, answer.values("ratelimit").count < 2 {
        try demand(turned.hint(429, now: now) == hint, "the order of the fields changes the wait")
    }
    guard hint?.source == .retryAfterSeconds || hint == nil else { return }
    for seconds in [1, 60, 7_200] as [Int64] {
        var longer = answer
        longer.fields.append(("retry-after", "\(seconds)"))
        let other = longer.hint(429, now: now)
        let expected = max(hint?.wait ?? .zero, .seconds(seconds))
        try demand(other?.wait == expected, "\(seconds) s more in a second line: \(String(describing: other))")
    }
}
