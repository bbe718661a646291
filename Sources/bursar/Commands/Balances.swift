import ArgumentParser
import BursarModel
import BursarText

/// `bursar balances`: asks a running gateway and prints a table, or its JSON.
struct Balances: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Ask a running gateway and print what is left.",
        discussion: """
            Examples:

              bursar balances
              bursar balances --provider tensorpix --provider sunor
              bursar balances --runway
              bursar balances --watch
              bursar balances --cached
              bursar balances --json | jq '.balances[] | {provider, available, unit}'

            Waits up to five seconds for values that are not older than half a minute; what has not come by then is shown as stale. With
            --cached the gateway answers with what it has, and asks no provider.
            Where the gateway has clients, a client's token is taken from $BURSAR_TOKEN.
            Exit code 0 when the gateway answered with balances, also with rows that are unavailable; 64 when no account of that provider
            is configured; 69 when it did not answer, or with something else; 77 when it does not let you ask; 65 with --json when what
            it answered is no JSON.
            """
    )

    @OptionGroup var target: TargetOptions
    @Flag(help: "Print the gateway's JSON as it is.") var json = false
    @Option(name: .customLong("provider"), help: ArgumentHelp("Only this provider; may be repeated.", valueName: "P"))
    var providers: [String] = []
    @Flag(help: "How long each balance lasts, too.") var runway = false
    @Flag(help: "What the gateway has, however old; no provider is asked.") var cached = false

    /// A person who asks after minutes wants to see what is left now, and not what was left then.
    static func freshness(cached: Bool) -> [(String, String)] {
        cached ? [("cache-control", "only-if-cached")] : [("cache-control", "max-age=30"), ("prefer", "wait=5")]
    }

    @Flag(help: "Go on: print the table anew with each change; with --json each row that changes, as a line.") var watch = false

    func validate() throws {
        if watch, runway { throw ValidationError("--watch has no --runway: a runway changes with every moment.") }
        for provider in providers where ProviderID(provider) == nil {
            throw ValidationError("'\(provider)' is no provider id (expected lower-case letters, digits and '-').")
        }
    }

    func run() async throws {
        if watch { return try await BalancesWatch(target.client, providers: providers, asJSON: json).run() }
        var query = providers.isEmpty ? [] : ["provider=" + providers.joined(separator: ",")]
        if runway { query.append("include=runway") }
        let path = "/v1/balances" + (query.isEmpty ? "" : "?" + query.joined(separator: "&"))
        let answer = try await target.get(path, Self.freshness(cached: cached))
        if json {
            try target.showJSON(answer)
            _ = try balances(of: answer)
        } else {
            let document = try balances(of: answer)
            Terminal.answer(BalanceTable(document.lines), now: document.generatedAt)
        }
    }

    /// - Throws: where the answer has no balances, a problem document's included; what it says is told before.
    private func balances(of answer: GatewayClient.Answer) throws -> BalancesAnswer {
        guard let document = BalancesAnswer(json: answer.body) else { throw target.tellRefusal(answer) }
        return document
    }
}
