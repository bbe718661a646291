import ArgumentParser
import BursarCatalog
import BursarGateway
import BursarModel

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
            Exit code 0 when the gateway answered with balances, also with rows that are unavailable; 69 when it did not, or answered
            with something else, such as that there is no such account; 65 with --json when what it answered is no JSON.
            """
    )

    @OptionGroup var target: TargetOptions
    @Flag(help: "Print the gateway's JSON as it is.") var json = false
    @Option(name: .customLong("provider"), help: ArgumentHelp("Only this provider; may be repeated.", valueName: "P"))
    var providers: [String] = []
    @Flag(help: "How long each balance lasts, too.") var runway = false
    @Flag(help: "What the gateway has, however old; no provider is asked.") var cached = false

    /// A person who asks after minutes wants to see what is left now, and not what was left then.
    private var freshness: [(String, String)] {
        cached ? [("cache-control", "only-if-cached")] : [("cache-control", "max-age=30"), ("prefer", "wait=5")]
    }

    @Flag(help: "Go on: print the table anew with each change; with --json each row that changes, as a line.") var watch = false

    func validate() throws {
        if watch, runway { throw ValidationError("--watch has no --runway: a runway changes with every moment.") }
    }

    func run() async throws {
        for provider in providers where ProviderID(provider) == nil {
            throw ValidationError("'\(provider)' is no provider id (expected lower-case letters, digits and '-').")
        }
        if watch { return try await BalancesWatch(target.client, providers: providers, asJSON: json).run() }
        var query = providers.isEmpty ? [] : ["provider=" + providers.joined(separator: ",")]
        if runway { query.append("include=runway") }
        let path = "/v1/balances" + (query.isEmpty ? "" : "?" + query.joined(separator: "&"))
        let answer = try await target.get(path, freshness)
        if json {
            guard (try? JSONReader.read(answer.body, limits: JSONLimits(bytes: answer.body.count))) != nil else {
                Terminal.tell("\(target.url) answered \(answer.status) with something that is no JSON. Is it a Bursar?")
                throw ExitStatus.data
            }
            Terminal.answer(foreign: answer.body)
            _ = try balances(of: answer)
        } else {
            let document = try balances(of: answer)
            Terminal.answer(BalanceTable(document.lines).text(now: document.generatedAt, color: Terminal.wantsColor))
        }
    }

    /// - Throws: where the answer has no balances, a problem document's included; what it says is told before.
    private func balances(of answer: GatewayClient.Answer) throws -> BalancesDocument.Decoded {
        guard let document = BalancesDocument.Decoded(json: answer.body) else {
            let problem = ProblemDocument.detail(inJSON: answer.body)
            Terminal.tell("\(target.url) answered \(answer.status): \(problem ?? "not a balances document")")
            if answer.status == 401 {
                Terminal.tell(
                    "A client's token is taken from $\(GatewayClient.tokenVariable); "
                        + "who configures the gateway makes one with `bursar token new`.")
            }
            throw ExitStatus.unavailable
        }
        return document
    }
}
