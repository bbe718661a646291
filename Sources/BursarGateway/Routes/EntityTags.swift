/// `If-None-Match` (RFC 9110 13.1.2). Pure.
enum EntityTags {
    /// Whether one of the listed tags is `tag` by weak comparison, or the list is `*`. A malformed list matches nothing.
    static func ifNoneMatch(_ fields: [String], matches tag: String) -> Bool {
        let opaque = strong(tag[...])
        for field in fields {
            if field.trimmed == "*" { return true }
            var rest = field[...]
            while let next = takeTag(&rest) {
                if strong(next) == opaque { return true }
            }
        }
        return false
    }

    private static func strong(_ tag: Substring) -> Substring { tag.hasPrefix("W/") ? tag.dropFirst(2) : tag }

    /// A comma may stand inside the quotes, so the list is not split at commas.
    private static func takeTag(_ rest: inout Substring) -> Substring? {
        while let first = rest.first, first == " " || first == "," || first == "\t" { rest = rest.dropFirst() }
        let start = rest.startIndex
        if rest.hasPrefix("W/") { rest = rest.dropFirst(2) }
        guard rest.first == "\"", let end = rest.dropFirst().firstIndex(of: "\"") else { return nil }
        let tag = rest.base[start...end]
        rest = rest[rest.index(after: end)...]
        return tag
    }
}
