import ArgumentParser
import BursarBasics
import BursarCatalog
import BursarClient
import BursarConfiguration
import BursarGateway
import BursarProcess

/// `bursar check`: reads everything that `serve` would, and calls nobody.
struct Check: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Read everything that serve would, print every problem with its place, call nobody.",
        discussion: """
            Example:

              bursar check --config bursar.yaml && systemctl reload bursar
              bursar check providers/acme.yaml

            With files or folders of definitions it looks at those alone, and shows the row that each of their examples comes to, with what
            is left out and why.

            It looks at files, folders and certificates, and warns where a socket or the store could not be made. Only serve itself
            finds that a port is taken.
            Exit codes: 0 no error in the configuration, 64 usage, 66 no such file, 78 configuration.
            """
    )

    @Argument(help: ArgumentHelp("Definitions to look at instead: files, or folders with them.", valueName: "DEFINITION"))
    var definitions: [String] = []
    @OptionGroup var options: ConfigurationOptions

    func validate() throws {
        guard !definitions.isEmpty, options.config != nil || !options.listen.isEmpty else { return }
        throw ValidationError("Definitions are looked at by themselves: leave out --config and --listen.")
    }

    func run() throws {
        guard definitions.isEmpty else { return try checkDefinitions() }
        let report = CheckReport(ConfigurationReader(sources: .program(opensStore: true)).read(options.request))
        Terminal.answer(beside: report.text)
        if let configuration = report.result.configuration, configuration.upstream.authorities == nil, !SystemRoots.areFound {
            Terminal.tell(
                "warning: this machine has no certificates of authorities, so that no provider can be trusted: "
                    + "install ca-certificates, or name a file in upstream.ca")
        }
        // Of this shell, which may have another limit than the service: so it is no finding.
        if let configuration = report.result.configuration,
            let warning = DescriptorLimit.budget(
                connections: configuration.limits.connections, accounts: configuration.accounts.count
            ).warning
        {
            Terminal.tell("here, \(warning)")
        }
        if report.exitCode != 0 { throw ExitCode(report.exitCode) }
    }

    private func checkDefinitions() throws {
        var files: [DefinitionFile] = []
        for path in definitions {
            do throws(Diagnostic) {
                files += try DefinitionFolder.files(at: path)
            } catch {
                Terminal.tell("\(error)")
                throw ExitStatus.noSuchFile
            }
        }
        let report = DefinitionReport(files)
        Terminal.answer(beside: report.text)
        if report.hasErrors { throw ExitStatus.configuration }
    }
}
