import ArgumentParser
import BursarText

/// `bursar status`: is anything wrong, and what is to do? The exit code answers, too.
struct Status: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Say what needs somebody, the most urgent first, and what to do.",
        discussion: """
            Examples:

              bursar status
              report=$(bursar status) || echo "$report" | mail -s balances ops@example.org
              bursar status --json | jq -r '.needs[].words'

            Accounts are judged as on the page: no balance to show, nothing left,
            low, or an end within three days; and whatever an alert fires for, unless
            it is muted. Behind them come a refused reload, a store that fails and
            targets that are not reached. What needs nobody is left out.

            Waits up to five seconds for values that are not older than half a
            minute, as balances does. With --cached no provider is asked.

            Exit codes:
              0   all is well
              1   something needs you
              69  no gateway answers, or something else does
              77  the gateway does not let you ask
            """
    )

    @OptionGroup var target: TargetOptions
    @Flag(help: "Print the same as JSON, in a form of its own: docs/operations.md.") var json = false
    @Flag(help: "What the gateway has, however old; no provider is asked.") var cached = false

    func run() async throws {
        // First: what is read now may make a rule fire.
        let balances = try await target.get("/v1/balances?include=runway", Balances.freshness(cached: cached))
        // Without accounts that could be read it is a problem document, and has rows all the same.
        guard BalancesAnswer(json: balances.body) != nil else { throw target.tellRefusal(balances) }
        let alerts = try await asked("/v1/alerts")
        let status = try await asked("/v1/status")
        let readiness = try await target.get("/readyz")
        let answers = NeedReport.Answers(balances: balances.body, alerts: alerts, status: status, readiness: readiness.body)
        guard var report = NeedReport(answers) else {
            Terminal.tell("\(target.url) answered with something that is not of this version. Is it a Bursar?")
            throw ExitStatus.unavailable
        }
        if report.wantsLinks { report.add(links: try await target.get("/v1/providers").body) }
        report.add(options: target.asWords)
        if json {
            Terminal.answer(foreign: report.json)
        } else {
            Terminal.answer(report.text)
        }
        if !report.isWell { throw ExitStatus.badAnswer }
    }

    private func asked(_ path: String) async throws -> [UInt8] {
        let answer = try await target.get(path)
        guard answer.status == 200 else { throw target.tellRefusal(answer) }
        return answer.body
    }
}
