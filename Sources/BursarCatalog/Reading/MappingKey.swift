/// Every key that `x-bursar` may have: the one list that the reader, its suggestions and the test of the documentation use. *Value.*
package struct MappingKey: Sendable, Hashable {
    /// The mapping that a key stands in.
    package enum Section: String, Sendable, CaseIterable {
        case root = "x-bursar"
        case amount = "amounts[]"
        case unit = "amounts[].unit"
        case codes
        case links
        case verified
    }

    package let section: Section
    package let name: String

    package static let all: [MappingKey] = Section.allCases.flatMap { section in
        names(in: section).map { MappingKey(section: section, name: $0) }
    }

    package static func names(in section: Section) -> [String] {
        switch section {
        case .root:
            [
                "id", "title", "source", "read", "verified", "note", "documentation", "links", "environment", "path", "prefix",
                "query", "headers", "body", "limit", "ttl", "private", "root", "success", "codes", "statuses", "message",
                "amounts",
                "first", "own", "low", "as_of", "expect"
            ]
        case .amount:
            [
                "each", "where", "merge", "unit", "part", "scale", "decimals", "words", "unlimited", "resets", "expires",
                "available", "reserved", "total", "granted", "used", "limit"
            ]
        case .unit: ["at", "parameter", "names", "known", "money"]
        case .codes: ["at", "map"]
        case .links: ["documentation", "top_up", "status"]
        case .verified: ["live", "on"]
        }
    }

    /// What people write who come from elsewhere: too far apart in letters to be found by likeness.
    static let synonyms: [Section: [String: String]] = [
        .root: [
            "name": "title", "docs": "documentation", "url": "documentation", "env": "environment", "endpoint": "path",
            "budget": "limit", "rate_limit": "limit", "data": "root", "envelope": "root", "errors": "statuses",
            "balance": "amounts",
            "updated_at": "as_of", "auth_prefix": "prefix", "params": "query", "detail": "message", "secret": "private",
            "redact": "private", "poll": "ttl", "cache": "ttl", "examples": "expect"
        ],
        .amount: [
            "currency": "unit", "balance": "available", "remaining": "available", "frozen": "reserved", "factor": "scale",
            "divide": "scale", "foreach": "each", "filter": "where", "if": "where", "name": "part", "pool": "part",
            "round": "decimals",
            "cap": "limit", "quota": "limit", "spent": "used", "renews": "resets", "valid_until": "expires"
        ],
        .unit: ["path": "at", "from": "at", "map": "names"],
        .codes: ["path": "at", "meanings": "map"],
        .links: ["docs": "documentation", "billing": "top_up", "topup": "top_up"],
        .verified: ["by": "live", "date": "on"]
    ]
}
