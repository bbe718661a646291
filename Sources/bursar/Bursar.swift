import ArgumentParser
import BursarModel

/// `bursar`: one subcommand a file, in Commands/.
@main
struct Bursar: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bursar",
        abstract: "How much is left? One local answer for every API account you pay by credit.",
        discussion: """
            Try it with no key and no file:

              bursar demo

            Run it for real:

              export TENSORPIX_API_KEY=…
              bursar serve
              bursar balances
            """,
        version: bursarVersion,
        subcommands: [
            Serve.self, Demo.self, Mock.self, Check.self, Balances.self, Providers.self, Healthcheck.self
        ]
    )
}
