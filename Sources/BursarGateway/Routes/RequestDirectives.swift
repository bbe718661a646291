import BursarBasics
import BursarModel

/// How new the caller wants it and how long it waits: Cache-Control (RFC 9111 5.2.1), Pragma and Prefer (RFC 7240). *Value.*
struct RequestDirectives: Equatable, Sendable {
    enum FreshnessRequirement: Equatable, Sendable {
        case anyCached
        /// `max-age=N`
        case newerThan(seconds: Int)
        /// `no-cache`
        case newest
        /// `only-if-cached`: asks nobody
        case cachedOnly
    }

    var freshness = FreshnessRequirement.anyCached
    /// `Prefer: wait=N`, in seconds.
    var wait: Int?

    /// - Parameters: the field lines of each header; unknown directives and malformed numbers are ignored, as RFC 9111 asks.
    init(cacheControl: [String], pragma: [String], prefer: [String]) {
        var onlyIfCached = false, noCache = false
        var maxAge: Int?
        for directive in cacheControl.flatMap(Self.list) {
            switch directive.name {
            case "only-if-cached": onlyIfCached = true
            case "no-cache": noCache = true
            case "max-age":
                guard let seconds = directive.value.flatMap({ parseASCIIDigits($0) }) else { continue }
                maxAge = min(seconds, maxAge ?? seconds)
            default: continue
            }
        }
        // Pragma counts only where Cache-Control is absent (RFC 9111 5.4).
        if cacheControl.isEmpty { noCache = pragma.contains { $0.lowercased().contains("no-cache") } }
        if onlyIfCached {
            freshness = .cachedOnly
        } else if noCache || maxAge == 0 {
            freshness = .newest
        } else if let maxAge {
            freshness = .newerThan(seconds: maxAge)
        }
        // The first of each preference counts (RFC 7240 2).
        wait = prefer.flatMap(Self.list).first { $0.name == "wait" }?.value.flatMap {
            parseASCIIDigits($0)
        }
    }

    /// `a=b, c="d"; e`: names in lower case, quotes taken off; a parameter behind `;` is dropped.
    private static func list(_ field: String) -> [(name: String, value: String?)] {
        field.splitOutsideQuotes(at: UInt8(ascii: ",")).map { item in
            let directive = item.splitOutsideQuotes(at: UInt8(ascii: ";")).first ?? ""
            let sides = directive.split(separator: "=", maxSplits: 1).map(\.trimmed)
            return ((sides.first ?? "").lowercased(), sides.count == 2 ? sides[1].unquoted : nil)
        }
    }
}

extension StringProtocol {
    /// The parts between separators that stand in no quoted string (RFC 9110 5.6.4). A quote that is never closed reaches to the end.
    func splitOutsideQuotes(at separator: UInt8) -> [String] {
        var parts: [[UInt8]] = [[]]
        var isQuoted = false, isEscaped = false
        for byte in utf8 {
            if byte == separator, !isQuoted {
                parts.append([])
                continue
            }
            parts[parts.count - 1].append(byte)
            if isEscaped {
                isEscaped = false
            } else if byte == UInt8(ascii: "\"") {
                isQuoted.toggle()
            } else if isQuoted, byte == UInt8(ascii: "\\") {
                isEscaped = true
            }
        }
        return parts.map { String(decoding: $0, as: UTF8.self) }
    }

    /// What a quoted string stands for; anything else as it is.
    fileprivate var unquoted: String {
        guard utf8.count >= 2, hasPrefix("\""), hasSuffix("\"") else { return String(self) }
        var bytes: [UInt8] = []
        var isEscaped = false
        for byte in utf8.dropFirst().dropLast() {
            if byte == UInt8(ascii: "\\"), !isEscaped {
                isEscaped = true
                continue
            }
            isEscaped = false
            bytes.append(byte)
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

extension StringProtocol {
    /// Without the spaces and tabs at both ends (OWS, RFC 9110 5.6.3).
    var trimmed: String {
        var rest = self[...]
        while let first = rest.first, first == " " || first == "\t" { rest = rest.dropFirst() }
        while let last = rest.last, last == " " || last == "\t" { rest = rest.dropLast() }
        return String(rest)
    }
}
