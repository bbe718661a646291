import ArgumentParser
import BursarModel

/// Before any command, before anything is read.
@main
enum Program {
    static func main() async {
        ProcessHardening.apply()
        await Bursar.main()
    }
}

/// `bursar`: one subcommand a file, in Commands/.
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
            Serve.self, Demo.self, Mock.self, Check.self, Balances.self, History.self, Guard.self, Explain.self, Alert.self,
            Providers.self, Provider.self,
            Healthcheck.self, LeakCheck.self,
            Token.self
        ]
    )

    static func main() async {
        OneHeap.choose()
        await main(nil)
    }
}
