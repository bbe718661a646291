import ArgumentParser
import BursarModel
import BursarText

/// `bursar guard`: may so much be spent? The exit code answers, so that a job can stand behind `&&`.
struct Guard: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "guard",
        abstract: "Ask whether an account has enough left, before a job that is paid.",
        discussion: """
            Examples:

              bursar guard sample/default --needs 20 && run-the-job
              bursar guard sample/default --needs 0.50 --unit USD --fresh 5m
              bursar guard sample/default --needs 20 --json

            Exit code 0: enough. 1: not enough. 64: the question is wrong. 66: --ca cannot be read. 69: it cannot be said. 65: with
            --json, the answer is no JSON. 77: the gateway does not let you ask. --fail-open makes 0 of 65 and 69.
            """
    )

    @OptionGroup var target: TargetOptions
    @Argument(help: ArgumentHelp("The account: provider/account, or a provider that has one.", valueName: "account"))
    var account: String
    @Option(help: ArgumentHelp("How much the job needs.", valueName: "AMOUNT")) var needs: String
    @Option(help: ArgumentHelp("In which unit; else that of the account's first amount.", valueName: "UNIT")) var unit: String?
    @Option(help: ArgumentHelp("How old the reading may be, such as 5m; else the account's ttl.", valueName: "AGE"))
    var fresh: String?
    @Flag(help: "Exit with 0 where it cannot be said.") var failOpen = false
    @Flag(help: "Print the gateway's JSON as it is.") var json = false

    func validate() throws {
        guard let amount = ExactDecimal(needs), amount > .zero else {
            throw ValidationError("--needs takes an amount above 0, such as 20 or 0.5.")
        }
    }

    /// What --fail-open lets pass: no answer, and one that is no JSON. Not a refused token, or an expired one would turn the guard off
    /// unnoticed.
    private static let unsaid = [ExitStatus.unavailable, ExitStatus.data]

    func run() async throws {
        do {
            try await decide()
        } catch let code as ExitCode where failOpen && Self.unsaid.contains(code) {
            // It was told why.
        }
    }

    private func decide() async throws {
        var path = "/v1/guard?account=\(QueryText.escaped(account))&needs=\(QueryText.escaped(needs))"
        if let unit { path += "&unit=" + QueryText.escaped(unit) }
        if let fresh { path += "&fresh=" + QueryText.escaped(fresh) }
        let answer = try await target.get(path)
        if json { try target.showJSON(answer) }
        guard let verdict = GuardAnswer(json: answer.body) else { throw target.tellRefusal(answer) }
        if !json { Terminal.answer(beside: verdict.line + "\n") }
        switch verdict.decision {
        case "yes": return
        case "no": throw ExitStatus.badAnswer
        default: throw ExitStatus.unavailable
        }
    }
}
