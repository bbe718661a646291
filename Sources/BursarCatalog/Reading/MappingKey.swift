/// Every key that `x-bursar` may have: the one list that the reader, its suggestions and the test of the documentation use. *Value.*
package struct MappingKey: Sendable, Hashable {
    /// The mapping that a key stands in.
    package enum Section: String, Sendable, CaseIterable {
        case root = "x-bursar"
        case amount = "amounts[]"
        case unit = "amounts[].unit"
        case codes
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
                "id", "title", "documentation", "environment", "path", "prefix", "query", "headers", "limit", "root", "success",
                "codes", "statuses", "message", "amounts", "low", "as_of"
            ]
        case .amount: ["each", "unit", "scale", "words", "available", "reserved", "total", "granted"]
        case .unit: ["at", "names", "known"]
        case .codes: ["at", "map"]
        }
    }

    /// What people write who come from elsewhere: too far apart in letters to be found by likeness.
    static let synonyms: [Section: [String: String]] = [
        .root: [
            "name": "title", "docs": "documentation", "url": "documentation", "env": "environment", "endpoint": "path",
            "budget": "limit", "rate_limit": "limit", "data": "root", "envelope": "root", "errors": "statuses",
            "balance": "amounts",
            "updated_at": "as_of", "auth_prefix": "prefix", "params": "query", "detail": "message"
        ],
        .amount: [
            "currency": "unit", "balance": "available", "remaining": "available", "frozen": "reserved", "factor": "scale",
            "divide": "scale", "forEach": "each", "limit": "granted"
        ],
        .unit: ["path": "at", "from": "at", "map": "names"],
        .codes: ["path": "at", "meanings": "map"]
    ]
}
