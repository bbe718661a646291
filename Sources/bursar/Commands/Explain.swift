import ArgumentParser
import BursarText

/// `bursar explain`: why a row says what it says, until when, and what to do.
struct Explain: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Say why an account's row says what it says, until when, and what to do.",
        discussion: """
            Examples:

              bursar explain sample/default
              bursar explain sample/default --json

            It asks the gateway and no provider. Exit code 0 when it was explained, 64 for an account that does not exist or a provider
            that has several, 65 with --json when what came is no JSON, 69 where no gateway answers, 77 where it does not let you ask.
            """
    )

    @OptionGroup var target: TargetOptions
    @Argument(help: ArgumentHelp("The account: provider/account, or a provider that has one.", valueName: "account"))
    var account: String
    @Flag(help: "Print the gateway's JSON as it is.") var json = false

    func run() async throws {
        let answer = try await target.get("/v1/explain/" + (try await target.path(of: account)))
        if json { try target.showJSON(answer) }
        guard answer.status == 200, let explained = ExplainAnswer(json: answer.body) else { throw target.tellRefusal(answer) }
        if !json { Terminal.answer(explained.text) }
    }
}
