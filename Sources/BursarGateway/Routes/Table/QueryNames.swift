import BursarCatalog

/// What a request's query is checked against, in one place for all routes: a parameter that nobody reads is a mistake of its caller, who
/// has to hear of it. *Value.*
struct QueryNames: Sendable, Equatable, ExpressibleByArrayLiteral {
    /// Nil: whatever stands there is ignored. Probes and balancers add what they like, and a file is the same whatever is asked.
    let names: [String]?

    static let anything = QueryNames(names: nil)
    static let pretty: QueryNames = ["pretty"]

    private init(names: [String]?) { self.names = names }

    init(_ names: [String]) { self.names = names }

    init(arrayLiteral names: String...) { self.names = names }

    /// What is wrong with a query, in words for its caller; nil: nothing.
    func refusal(of query: Query) -> String? {
        guard let names else { return nil }
        for parameter in query.parameters {
            guard names.contains(parameter.name) else {
                // The name is the caller's text: it is not echoed, because it may be anything.
                let meant = NearestName.find(parameter.name, among: names).map { " Did you mean \($0)?" } ?? ""
                let known = names.isEmpty ? "None is known here." : "Known are: \(names.joined(separator: ", "))."
                return "Unknown query parameter.\(meant) \(known)"
            }
            if parameter.name == "pretty", Query.flag(parameter.value) == nil { return Query.flagRefusal("pretty") }
        }
        return nil
    }

    /// Whether the answer is to be laid out for people. Of two the last one counts.
    func isPretty(_ query: Query) -> Bool {
        guard names?.contains("pretty") == true else { return false }
        return query.parameters.last { $0.name == "pretty" }.flatMap { Query.flag($0.value) } ?? false
    }
}
