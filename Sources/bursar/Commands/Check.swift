import ArgumentParser
import BursarBasics
import BursarClient
import BursarConfiguration
import BursarGateway

/// `bursar check`: reads everything that `serve` would, and calls nobody.
struct Check: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Read everything that serve would, print every problem with its place, call nobody.",
        discussion: """
            Example:

              bursar check --config bursar.yaml && systemctl reload bursar

            It looks at files, folders and certificates, and warns where a socket or the store could not be made. Only serve itself
            finds that a port is taken.
            Exit codes: 0 no error in the configuration, 64 usage, 66 no such file, 78 configuration.
            """
    )

    @OptionGroup var options: ConfigurationOptions

    func run() throws {
        let report = CheckReport(ConfigurationReader(sources: .program(opensStore: true)).read(options.request))
        Terminal.answer(report.text)
        if let configuration = report.result.configuration, configuration.upstream.authorities == nil, !SystemRoots.areFound {
            Terminal.tell(
                "warning: this machine has no certificates of authorities, so that no provider can be trusted: "
                    + "install ca-certificates, or name a file in upstream.ca")
        }
        // Of this shell, which may have another limit than the service: so it is no finding.
        if let configuration = report.result.configuration,
            let warning = DescriptorLimit.budget(for: configuration).warning
        {
            Terminal.tell("here, \(warning)")
        }
        if report.exitCode != 0 { throw ExitCode(report.exitCode) }
    }
}
