import BursarBasics
import BursarModel

/// The keys about the request.
extension MappingReader {
    mutating func variable(_ node: LocatedNode) -> String? {
        guard let text = node.text, (1...64).contains(text.utf8.count), text.utf8.first?.isASCIIDigit == false,
            text.utf8.allSatisfy({ (0x41...0x5A).contains($0) || $0.isASCIIDigit || $0 == 0x5F })
        else {
            problems.error(node.mark, "environment names variables of A-Z 0-9 _, such as ACME_API_KEY")
            return nil
        }
        return text
    }

    /// Pairs, each a template: one whose optional value is missing is left out as a whole.
    mutating func query(_ node: LocatedNode) -> [RequestTemplate] {
        guard let text = node.text, text.utf8.count <= 500, !text.hasPrefix("?"),
            text.utf8.allSatisfy({ $0.isURLPathByte || [0x2F, 0x3F, 0x7B, 0x7D].contains($0) })
        else {
            problems.error(
                node.mark, "query is the text behind the question mark, such as expand=credits&team={team}, URL-encoded")
            return []
        }
        return text.split(separator: "&").compactMap { template(String($0), node.mark) }
    }

    private mutating func template(_ text: String, _ mark: TextMark) -> RequestTemplate? {
        do throws(ValuePath.Refusal) {
            return try RequestTemplate(parsing: text)
        } catch {
            problems.error(mark, error.reason)
            return nil
        }
    }

    mutating func headers(_ node: LocatedNode) -> [Header] {
        guard let pairs = node.pairs, pairs.count <= 20 else {
            problems.error(node.mark, "headers is a mapping of at most 20 names and values")
            return []
        }
        var headers: [Header] = []
        for pair in pairs {
            guard HeaderText.isName(pair.key), !HeaderText.isReserved(pair.key) else {
                problems.error(pair.keyMark, "not a header that a definition may set")
                continue
            }
            guard let value = pair.value.text, HeaderText.isValue(value) else {
                problems.error(pair.value.mark, "a header's value is printable ASCII")
                continue
            }
            let name = pair.key.lowercased()
            guard !headers.contains(where: { $0.name == name }) else {
                problems.error(pair.keyMark, "a header stands twice")
                continue
            }
            guard let template = template(value, pair.value.mark) else { continue }
            headers.append(Header(name: name, value: template, mark: pair.keyMark))
        }
        return headers
    }

    /// What a POST carries: the same for everyone, so that no key can come to stand in it.
    mutating func body(_ node: LocatedNode) -> (bytes: [UInt8], mark: TextMark)? {
        let bytes = JSONWriter.compact(node.json)
        guard node.pairs != nil, bytes.count <= 4_096 else {
            problems.error(node.mark, "body is a small mapping, the constant JSON that a POST carries: {fingerprintId: bursar}")
            return nil
        }
        return (bytes, node.mark)
    }

    /// `15m`, at most a day.
    mutating func ttl(_ node: LocatedNode) -> Duration? {
        if let text = node.text, let duration = Self.duration(text[...]), duration <= .seconds(86_400) { return duration }
        problems.error(node.mark, "ttl is how long a reading is good, such as 30s, 15m or 12h, at most 24h")
        return nil
    }

    /// `120 per 1m` or `120/1m`. Bursar takes a tenth, because the limit is the user's for the work itself: polling must not spend it.
    mutating func limit(_ node: LocatedNode) -> CallLimit? {
        let text = node.text ?? ""
        let words = text.contains("/") ? text.split(separator: "/") : text.split(separator: " ").filter { $0 != "per" }
        guard words.count == 2, let calls = parseASCIIDigits(words[0]), (1...1_000_000).contains(calls),
            let window = Self.duration(words[1])
        else {
            problems.error(node.mark, "limit is the documented one, such as 120 per 1m; Bursar takes a tenth of it")
            return nil
        }
        if calls >= 10 { return CallLimit(calls: calls / 10, window: window) }
        // A tenth of less than ten is one call in a window that is so many times longer.
        return CallLimit(calls: 1, window: .milliseconds((window.milliseconds * 10 + Int64(calls) - 1) / Int64(calls)))
    }

    /// At most 31 days, so no product above overflows.
    private static func duration(_ text: Substring) -> Duration? {
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        let factor: Int64? =
            switch text.dropFirst(digits.count) {
            case "ms": 1
            case "s": 1_000
            case "m": 60_000
            case "h": 3_600_000
            case "d": 86_400_000
            default: nil
            }
        guard let factor, digits.utf8.count <= 9, let count = parseASCIIDigits(digits), count > 0 else { return nil }
        let milliseconds = Int64(count) * factor  // below 10⁹ · 10⁸
        return milliseconds <= 31 * 86_400_000 ? .milliseconds(milliseconds) : nil
    }
}
