/// The field `If-None-Match` (RFC 9110 13.1.2). *Pure.* ``EntityTag`` makes them.
enum IfNoneMatch {
    /// Whether one of the listed tags is `tag` by weak comparison, or the list is `*`. Nothing behind a malformed element counts.
    static func matches(_ fields: [String], tag: String) -> Bool {
        let wanted = opaqueTag(tag[...])
        for field in fields {
            if field.trimmed == "*" { return true }
            var rest = field[...]
            while let next = takeTag(&rest) {
                if opaqueTag(next) == wanted { return true }
            }
        }
        return false
    }

    /// A tag without its mark of weakness: all that a weak comparison looks at (RFC 9110 8.8.3.2).
    private static func opaqueTag(_ tag: Substring) -> Substring { tag.hasPrefix("W/") ? tag.dropFirst(2) : tag }

    /// Takes the next tag off the list; nil at its end, and where it is malformed. A comma may stand inside the quotes, so the list is not
    /// split at commas.
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
