/// What is said to somebody who has to choose among accounts. Pure.
package enum AccountChoice {
    /// A list of thousands helps nobody.
    package static let mostShown = 20

    /// Where a provider is named, an account is meant, and there are several: to take one of them would be a guess about money.
    /// - Parameter names: `provider/account`, each.
    package static func several(_ names: [String]) -> String {
        "That provider has several accounts. " + list("Name one", names, count: names.count)
    }

    /// - Parameters:
    ///   - names: as many as are shown, or more.
    ///   - count: of all.
    package static func list(_ what: String, _ names: [String], count: Int) -> String {
        if count == 0 { return "\(what): none." }
        let shown = names.prefix(mostShown).joined(separator: ", ")
        return "\(what): \(shown)\(count > mostShown ? " and \(count - mostShown) more" : "")."
    }
}
