import ArgumentParser
import BursarBasics
import BursarCatalog
import BursarConfiguration
import BursarModel
import BursarProcess
import BursarText

/// `bursar providers`: the definitions that serve would know; never a credential.
struct Providers: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "List the provider definitions and the accounts that are configured.",
        discussion: """
            Examples:

              bursar providers
              bursar providers tensorpix

            One line each, those with accounts first; more of one with its name.
            Also where keys are missing: errors of the configuration go to stderr, the list without accounts to stdout.
            Exit codes: 0 ok, 64 no such provider, 66 no such file, 78 configuration.
            """
    )

    @Argument(help: "Only this one, with everything that is known of it.") var name: String?
    @OptionGroup var options: ConfigurationOptions

    func run() throws {
        let result = ConfigurationReader(sources: .program()).read(options.request)
        ConfigurationLoading.tell(result)
        let accounts = result.configuration.map { Dictionary(grouping: $0.accounts, by: \.definition.id) }
        if let name {
            guard let definition = ProviderID(name).flatMap({ result.catalog[$0] }) else {
                let advice =
                    result.catalog.nearestName(to: name).map { "did you mean \($0)?" } ?? "known are \(result.catalog.knownNames)"
                Terminal.tell("error: there is no provider of that name; \(advice)")
                throw result.exitCode == 0 ? ExitStatus.usage : ExitCode(result.exitCode)
            }
            Terminal.answer(Self.describe(definition, accounts: accounts.map { Self.names($0[definition.id]) }))
        } else {
            Terminal.answer(Self.list(result.catalog.definitions, accounts: accounts.map { all in { Self.names(all[$0]) } }))
        }
        if result.exitCode != 0 { throw ExitCode(result.exitCode) }
    }

    private static func names(_ accounts: [AccountConfiguration]?) -> [String] { (accounts ?? []).map(\.id.account.name) }

    /// - Parameter accounts: nil where the configuration has errors.
    private static func list(_ definitions: [ProviderDefinition], accounts: ((ProviderID) -> [String])?) -> String {
        let lines = definitions.map { definition in
            let names = accounts?(definition.id) ?? []
            let account =
                accounts == nil ? "?" : names.isEmpty ? "-" : names.count > 3 ? "\(names.count)" : names.joined(separator: ", ")
            return (
                hasAccounts: !names.isEmpty,
                cells: [
                    definition.id.name, account, definition.origin, definition.environmentVariables.joined(separator: ", "),
                    definition.unitNames.joined(separator: ", ")
                ]
            )
        }
        let columns = ["PROVIDER", "ACCOUNTS", "ASKS", "VARIABLES", "UNITS"].map { TextTable.Column($0) }
        return TextTable.text(columns, (lines.filter(\.hasAccounts) + lines.filter { !$0.hasAccounts }).map(\.cells))
    }

    /// `documentation, read 2026-11-26`.
    private static func certainty(of provenance: Provenance) -> String {
        guard let certainty = provenance.certainty else { return "" }
        let witness = provenance.witness.map { " by \($0)" } ?? ""
        let day = provenance.witnessed.map { " on \($0)" } ?? provenance.read.map { ", read \($0)" } ?? ""
        return certainty.rawValue + witness + day
    }

    /// - Parameter accounts: nil where the configuration has errors.
    private static func describe(_ definition: ProviderDefinition, accounts: [String]?) -> String {
        let lines: [(String, String)] = [
            ("title", definition.title),
            ("route", "/providers/\(definition.id)\(definition.path)"),
            ("asks", definition.origin + definition.path),
            ("auth", definition.auth.sample),
            ("units", definition.unitNames.joined(separator: ", ")),
            ("variables", definition.environmentVariables.joined(separator: ", ")),
            ("accounts", accounts.map { $0.isEmpty ? "none" : $0.joined(separator: ", ") } ?? "not known: see the errors"),
            ("note", definition.note ?? ""),
            ("page", definition.documentationURL ?? ""),
            ("top up", definition.links.topUp ?? ""),
            ("verified", Self.certainty(of: definition.provenance)),
            ("source", definition.provenance.sources.joined(separator: ", "))
        ]
        return "\(definition.id)\n"
            + lines.filter { !$0.1.isEmpty }.map { "  " + $0.0.padded(to: 10) + " " + $0.1 + "\n" }.joined()
    }
}
