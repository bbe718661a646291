import ArgumentParser
import BursarModel
import BursarProcess
import Glibc
import NIOCore

/// The entry point. Nothing else may get the numbers of the standard descriptors, the process is hardened before
/// anything is read, the heap is chosen before there is a second thread, and no event loop is made where it could have no descriptor.
@main
enum Program {
    static func main() async {
        StandardDescriptors.open()
        ProcessHardening.apply()
        OneHeap.choose()
        // Swift reads it from /proc/self/cmdline. Without it every command would be none: help, and success, also of a guard.
        if CommandLine.arguments.isEmpty { refuse("the command line cannot be read: /proc has to be mounted") }
        // As many event loops as SwiftNIO makes, and the one that asks providers.
        if let problem = DescriptorLimit.raise(forLoops: System.coreCount + 1) { refuse(problem) }
        await Bursar.main(nil)
    }

    private static func refuse(_ problem: String) -> Never {
        Terminal.tell("error: \(problem)")
        exit(ExitStatus.unavailable.rawValue)
    }
}

/// The command `bursar`. Each subcommand is a file in Commands/.
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
            Serve.self, Demo.self, Mock.self, Check.self, Balances.self, Status.self, History.self, Guard.self, Explain.self,
            Alert.self, Retry.self, Reload.self, Providers.self, Provider.self,
            Healthcheck.self, LeakCheck.self,
            Token.self
        ]
    )
}
