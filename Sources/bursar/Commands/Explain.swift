import ArgumentParser
import BursarGateway

/// `bursar explain`: why a row says what it says, until when, and what to do.
struct Explain: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Say why an account's row says what it says, until when, and what to do.",
        discussion: """
            Examples:

              bursar explain sample/default
              bursar explain sample/default --json

            It asks the gateway and no provider. Exit code 0 when it was explained, 64 for an account that does not exist, 69 where no
            gateway answers.
            """
    )

    @OptionGroup var target: TargetOptions
    @Argument(help: ArgumentHelp("The account: provider/account.", valueName: "account")) var account: String
    @Flag(help: "Print the gateway's JSON as it is.") var json = false

    func run() async throws {
        let answer = try await target.get("/v1/explain/" + AccountPath.of(account))
        guard answer.status == 200, let explained = ExplainAnswer(json: answer.body) else {
            Terminal.tell(
                "\(target.url) answered \(answer.status): \(ProblemDocument.detail(inJSON: answer.body) ?? "no explanation")")
            throw [400, 404].contains(answer.status) ? ExitStatus.usage : ExitStatus.unavailable
        }
        Terminal.answer(json ? String(decoding: answer.body, as: UTF8.self) + "\n" : explained.text)
    }
}
