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
        if let first = places.updateValue(at(entry.node), forKey: name) {
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
