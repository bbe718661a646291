import BursarCatalog
import BursarModel

/// Accounts of variables, where no file names any. *Value.*
///
/// A variable may be set for another program, so one that does not suffice stops nothing: it is told, with the lines that would make an
/// account of it. One whose value can be no key is an error, because whoever set it means an account that would be missing.
extension ConfigurationParser {
    /// An account named `default` for each provider that has a default variable set.
    mutating func accountsFromEnvironment(_ context: AccountContext) -> [AccountConfiguration] {
        // Only what has a variable set is compiled.
        context.catalog.ids.compactMap { id in
            guard context.catalog.environmentVariables(id).contains(where: { sources.environment[$0] != nil }),
                let definition = context.catalog[id]
            else { return nil }
            return account(fromEnvironmentFor: definition, context)
        }
    }

    private mutating func account(fromEnvironmentFor definition: ProviderDefinition, _ context: AccountContext)
        -> AccountConfiguration?
    {
        guard let chosen = variable(of: definition) else { return nil }
        let place = ConfigurationPlace(file: "$\(chosen)")
        if let lacking = Lacking(definition, value: sources.environment[chosen] ?? "") {
            problems.warning(place, lacking.message(definition.id, variable: chosen))
            return nil
        }
        guard let credential = credential(.environment(name: chosen), literal: nil, at: place, definition) else { return nil }
        return account(.default, definition, credential, WrittenAccount(), context, at: place)
    }

    /// The first that is set and not blank; the others are told.
    private mutating func variable(of definition: ProviderDefinition) -> String? {
        var chosen: String?
        for name in definition.environmentVariables {
            guard let value = sources.environment[name] else { continue }
            let place = ConfigurationPlace(file: "$\(name)")
            if !value.contains(where: { !$0.isWhitespace }) {
                problems.warning(place, "is set and blank; no account is made of it")
            } else if let chosen {
                problems.warning(place, "is set, and so is $\(chosen), which is used")
            } else {
                chosen = name
            }
        }
        return chosen
    }
}

/// What an account needs beside the value of one variable. *Value.*
private struct Lacking {
    private let parameters: [String]
    private let isUserLacking: Bool
    private let isBasic: Bool

    /// Nil where nothing is lacking.
    init?(_ definition: ProviderDefinition, value: String) {
        parameters = definition.accountParameters.filter(\.isRequired).map(\.name)
        isBasic = definition.auth.secondHeader == nil
        let colon = value.firstIndex(of: ":")
        isUserLacking = definition.auth.isPair && (colon == nil || colon == value.startIndex)
        if parameters.isEmpty, !isUserLacking { return nil }
    }

    /// With the line of `bursar.yaml` that would do.
    func message(_ id: ProviderID, variable: String) -> String {
        var needs = parameters
        if isUserLacking { needs.append(isBasic ? "a user" : "a first secret") }
        var members = ["provider: \(id)"]
        if isUserLacking { members.append("user: …") }
        members.append("key: \"${env:\(variable)}\"")
        if !parameters.isEmpty { members.append("parameters: {\(parameters.map { "\($0): …" }.joined(separator: ", "))}") }
        return "makes no account, because \(id) needs \(needs.joined(separator: " and ")) as well; in bursar.yaml: accounts: [{"
            + members.joined(separator: ", ") + "}]"
    }
}
