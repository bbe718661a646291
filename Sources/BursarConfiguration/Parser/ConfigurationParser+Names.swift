import BursarCatalog
import BursarModel

/// Names that an operator gives: of accounts, clients, targets and rules, all of one form. *Value.*
extension ConfigurationParser {
    static let nameForm = "1 to 64 of A-Z a-z 0-9 . _ -, beginning with a letter or digit"

    /// A name that nothing else of its kind has.
    /// - Parameters:
    ///   - what: with its article: "a client".
    ///   - places: of the names so far.
    mutating func uniqueName(
        _ entry: Entry?, in node: LocatedNode, of what: String, _ places: inout [String: ConfigurationPlace]
    ) -> String? {
        guard let entry else {
            problems.error(at(node), "\(what) needs name")
            return nil
        }
        guard let name = name(entry) else { return nil }
        if let first = places.firstPlace(of: name, orNow: at(entry.node)) {
            problems.error(at(entry.node), "\(what) of this name stands in line \(first.line)")
        }
        return name
    }

    /// - Parameter reason: why the form matters; begins with a colon.
    mutating func name(_ entry: Entry, reason: String = "") -> String? {
        guard let text = text(entry.node, "name", expected: Self.nameForm) else { return nil }
        guard AccountName(text) != nil else {
            problems.error(at(entry.node), "name must be \(Self.nameForm)\(reason)")
            return nil
        }
        return text
    }
}

extension Dictionary where Value == ConfigurationPlace {
    /// Where a name was first written. Nil where that is here: of three equal ones, both others point to the first.
    mutating func firstPlace(of name: Key, orNow place: ConfigurationPlace) -> ConfigurationPlace? {
        if let first = self[name] { return first }
        self[name] = place
        return nil
    }
}
