import ArgumentParser
import BursarText

/// `bursar history`: what an account had, as a table with a line of characters, or as CSV.
struct History: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Print what an account had over time, and what was spent.",
        discussion: """
            Examples:

              bursar history sample/default --since 7d
              bursar history sample/default --since 7d --by day
              bursar history sample/default --since 30d --step 1d
              bursar history sample/default --since 2026-11-01T00:00:00Z --csv

            Changes only, each with the time at which it was confirmed last;
            between two of them nobody knows. A step leaves out what nobody knows;
            one of whole days counts from midnight (UTC).

            The last line is what was spent in that time. Top-ups, what expired and
            drops that are like no other are told apart, and how much of the time
            is not known. --by day has a line for each calendar day (UTC).

            Exit codes:
              0   it was told
              64  no such account, or a provider that has several
              65  with --csv or --json: what came is neither
              69  no gateway answers, or no history is kept
              77  the gateway does not let you ask
            """
    )

    @OptionGroup var target: TargetOptions
    @Argument(help: ArgumentHelp("The account: provider/account, or a provider that has one.", valueName: "account"))
    var account: String
    @Option(help: ArgumentHelp("From when: a time, or how long ago (7d).", valueName: "TIME")) var since: String?
    @Option(help: ArgumentHelp("Until when.", valueName: "TIME")) var until: String?
    @Option(help: ArgumentHelp("One line for each such time: 1h, 1d.", valueName: "TIME")) var step: String?
    @Option(help: ArgumentHelp("What was spent, by day.", valueName: "day")) var by: String?
    @Flag(help: "Print CSV.") var csv = false
    @Flag(help: "Print the gateway's JSON as it is.") var json = false

    func validate() throws {
        if csv, json { throw ValidationError("--csv and --json are two forms of one answer: take one.") }
        if let by, by != "day" { throw ValidationError("--by takes day.") }
        if by != nil, csv || step != nil { throw ValidationError("--by day prints no entries: leave --csv and --step out.") }
    }

    func run() async throws {
        var query: [String] = csv ? ["format=csv"] : []
        for (name, value) in [("since", since), ("until", until), ("step", step), ("by", by)] {
            if let value { query.append("\(name)=\(QueryText.escaped(value))") }
        }
        // The longest page, which holds all that is ever kept of an account: no second one is asked for.
        query.append("limit=10000")
        let path = "/v1/balances/" + (try await target.path(of: account)) + "/history?" + query.joined(separator: "&")
        let answer = try await target.get(path)
        if json { try target.showJSON(answer) }
        guard answer.status == 200 else { throw target.tellRefusal(answer) }
        if csv {
            guard HistoryCSV.isOne(answer.body) else {
                Terminal.tell("\(target.url) answered with something that is no CSV of a history. Is it a Bursar?")
                throw ExitStatus.data
            }
            Terminal.answer(foreign: answer.body)
        } else if let table = HistoryAnswer(json: answer.body) {
            if !json { Terminal.answer(table.text) }
        } else {
            throw target.tellRefusal(answer)
        }
    }
}
