import ArgumentParser
import BursarGateway

/// `bursar history`: what an account had, as a table with a line of characters, or as CSV.
struct History: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Print what an account had over time.",
        discussion: """
            Examples:

              bursar history sample/default --since 7d
              bursar history sample/default --since 24h --step 1h
              bursar history sample/default --since 2026-11-01T00:00:00Z --csv > november.csv

            Changes only, each with the time at which it was confirmed last; between two of them nobody knows. A step leaves out what
            nobody knows.
            """
    )

    @OptionGroup var target: TargetOptions
    @Argument(help: ArgumentHelp("The account: provider/account, or a provider.", valueName: "account")) var account: String
    @Option(help: ArgumentHelp("From when: a time, or how long ago (7d).", valueName: "TIME")) var since: String?
    @Option(help: ArgumentHelp("Until when.", valueName: "TIME")) var until: String?
    @Option(help: ArgumentHelp("One line for each such time, such as 1h.", valueName: "TIME")) var step: String?
    @Flag(help: "Print CSV.") var csv = false
    @Flag(help: "Print the gateway's JSON as it is; the first page.") var json = false

    func run() async throws {
        var query: [String] = csv ? ["format=csv"] : []
        for (name, value) in [("since", since), ("until", until), ("step", step)] {
            if let value { query.append("\(name)=\(QueryText.escaped(value))") }
        }
        query.append("limit=10000")
        let path = "/v1/balances/" + AccountPath.of(account) + "/history?" + query.joined(separator: "&")
        let answer = try await target.get(path)
        guard answer.status == 200 else {
            Terminal.tell(
                "\(target.url) answered \(answer.status): \(ProblemDocument.detail(inJSON: answer.body) ?? "no history")")
            throw [400, 404].contains(answer.status) ? ExitStatus.usage : ExitStatus.unavailable
        }
        if csv || json {
            Terminal.answer(String(decoding: answer.body, as: UTF8.self) + (json ? "\n" : ""))
        } else if let table = HistoryTableText(json: answer.body) {
            Terminal.answer(table.text)
        } else {
            Terminal.tell("\(target.url) answered something else than a history.")
            throw ExitStatus.unavailable
        }
    }
}
