import ArgumentParser
import BursarCatalog
import BursarGateway
import BursarModel

/// `bursar providers`: the definitions that serve would know; never a credential.
struct Providers: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "List the provider definitions and the accounts that are configured.",
        discussion: """
            Examples:

              bursar providers
              bursar providers tensorpix
            """
    )

    @Argument(help: "Only this one, with everything that is known of it.") var name: String?
    @OptionGroup var options: ConfigurationOptions

    func run() throws {
        let configuration = try ConfigurationLoading.load(options.request)
        let accounts = Dictionary(grouping: configuration.accounts, by: \.definition.id)
        var definitions = configuration.catalog.definitions
        if let name {
            definitions = definitions.filter { $0.id.name == name }
            guard !definitions.isEmpty else {
                let known = configuration.catalog.definitions.map(\.id.name).joined(separator: ", ")
                throw ValidationError("There is no provider of that name. Known are: \(known).")
            }
        }
        let blocks = definitions.map { definition in
            Self.describe(definition, accounts: (accounts[definition.id] ?? []).map(\.id.account.name))
        }
        Terminal.answer(blocks.joined(separator: "\n"))
    }

    private static func describe(_ definition: ProviderDefinition, accounts: [String]) -> String {
        let lines: [(String, String)] = [
            ("title", definition.title),
            ("route", "/providers/\(definition.id)\(definition.path)"),
            ("asks", definition.origin + definition.path),
            ("auth", "\(definition.auth.headerName): \(definition.auth.scheme.words)"),
            ("units", definition.unitNames.joined(separator: ", ")),
            ("variables", definition.environmentVariables.joined(separator: ", ")),
            ("accounts", accounts.isEmpty ? "none" : accounts.joined(separator: ", ")),
            ("page", definition.documentationURL ?? "")
        ]
        return "\(definition.id)\n" + lines.filter { !$0.1.isEmpty }.map { "  " + $0.0.padding(to: 11) + $0.1 + "\n" }.joined()
    }
}
