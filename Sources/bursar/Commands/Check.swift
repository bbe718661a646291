import ArgumentParser
import BursarGateway

/// `bursar check`: reads everything that `serve` would, and calls nobody.
struct Check: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Read everything that serve would, print every problem with its place, call nobody.",
        discussion: """
            Example:

              bursar check --config bursar.yaml && systemctl reload bursar

            Exit codes: 0 when serve would start, 66 no such file, 78 configuration.
            """
    )

    @OptionGroup var options: ConfigurationOptions

    func run() throws {
        let report = CheckReport(ConfigurationReader(sources: .process()).read(options.request))
        Terminal.answer(report.text)
        if report.exitCode != 0 { throw ExitCode(report.exitCode) }
    }
}
