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
        for directive in cacheControl.flatMap({ Self.list($0, separator: ",") }) {
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
        wait = prefer.flatMap { Self.list($0, separator: ",") }.first { $0.name == "wait" }?.value.flatMap {
            parseASCIIDigits($0)
        }
    }

    /// `a=b, c="d"; e`: names in lower case, quotes taken off; a parameter behind `;` is dropped.
    private static func list(_ field: String, separator: Character) -> [(name: String, value: String?)] {
        field.split(separator: separator).map { item in
            let directive = item.split(separator: ";", maxSplits: 1).first ?? ""
            let sides = directive.split(separator: "=", maxSplits: 1).map(\.trimmed)
            let value = sides.count == 2 ? sides[1] : nil
            let unquoted = value.map {
                $0.count >= 2 && $0.hasPrefix("\"") && $0.hasSuffix("\"") ? String($0.dropFirst().dropLast()) : $0
            }
            return ((sides.first ?? "").lowercased(), unquoted)
        }
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
