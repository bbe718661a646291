import ArgumentParser
import BursarCatalog
import BursarClient
import BursarConfiguration
import BursarEngine
import BursarGateway
import BursarModel
import BursarText
import BursarUpstream
import NIOPosix

/// `bursar provider try`: one call to a provider, and what its definition makes of the answer.
struct ProviderTry: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "try",
        abstract: "Ask a provider once with your key, and show what its definition makes of the answer.",
        discussion: """
            Examples:

              bursar provider try acme
              bursar provider try acme/main --config bursar.yaml

            It takes the account and its key from the configuration, or from the environment alone, and makes one call. It shows the status,
            whether the answer is as documented, and the row that it gives; nothing of the answer but its figures, and no key. For an answer
            that fits, it prints the lines that make the definition one that somebody has seen live.
            Exit codes: 0 it reads as a balance, 64 no such account or several, 65 it is none, 66 no such file, 69 no answer, 78 configuration.
            """
    )

    @Argument(help: ArgumentHelp("provider/account, or a provider that has one.", valueName: "name")) var name: String
    @OptionGroup var options: ConfigurationOptions

    func run() async throws {
        let configuration = try ConfigurationLoading.load(options.request, otherwise: "Nobody was asked.")
        let account = try account(in: configuration)
        let scrubber = Scrubber(configuration.secrets + account.definition.auth.secrets(of: account.secret))
        let upstream = UpstreamAccount(
            id: account.id, definition: account.definition, baseURL: account.baseURL, secret: account.secret,
            parameters: account.parameters,
            policy: RefreshPolicy(ttl: account.ttl, staleFor: account.staleFor, timeout: account.timeout), keys: .random())
        guard let request = UpstreamRequest(upstream, now: Today.now) else {
            Terminal.tell("error: \(account.id) lacks a parameter that the request needs")
            throw ExitStatus.configuration
        }
        // A key may have been pasted into the account's name or base URL.
        let asked = "\(account.id)  \(account.definition.method.rawValue) \(account.baseURL)\(account.definition.path)"
        Terminal.tell(scrubber.scrub(asked))
        let transport = HTTPTransport(
            eventLoopGroup: MultiThreadedEventLoopGroup.singleton, settings: UpstreamSettings(configuration.upstream))
        let result = await Self.fetch(request, by: transport, within: account.timeout)
        await transport.shutdown()
        switch result {
        case .fault(let fault):
            Terminal.tell("no answer: \(fault.rawValue). \(fault.words)")
            throw ExitStatus.unavailable
        case .response(let response):
            let told = Told(response, account, scrubber: scrubber)
            Terminal.answer(scrubber.scrub(told.text))
            guard told.isReading else { throw ExitStatus.data }
        }
    }

    private func account(in configuration: Configuration) throws -> AccountConfiguration {
        let parts = name.split(separator: "/", maxSplits: 1).map(String.init)
        let ofProvider = configuration.accounts.filter { $0.id.provider.name == parts.first }
        // A provider alone means its only account, as for every command.
        if parts.count == 1, ofProvider.count > 1 {
            Terminal.tell("error: " + AccountChoice.several(ofProvider.map { "\($0.id)" }))
            throw ExitStatus.usage
        }
        if let account = ofProvider.first(where: { parts.count == 1 || $0.id.account.name == parts[1] }) { return account }
        let known = configuration.accounts.prefix(20).map { "\($0.id)" }.joined(separator: ", ")
        Terminal.tell("error: there is no such account; there are: \(known.isEmpty ? "none" : known)")
        throw ExitStatus.usage
    }

    private static func fetch(
        _ request: UpstreamRequest, by transport: HTTPTransport, within timeout: Duration
    ) async -> TransportResult {
        await withTaskGroup(of: TransportResult?.self) { group in
            group.addTask { await transport.fetch(request) }
            group.addTask {
                // Cancelled: the answer came first.
                try? await Task.sleep(for: timeout)
                return nil
            }
            let first = await group.next() ?? nil
            group.cancelAll()
            return first ?? .fault(.timeout)
        }
    }

    /// What is shown of an answer. *Value.*
    private struct Told {
        let isReading: Bool
        let text: String

        init(_ response: UpstreamResponse, _ account: AccountConfiguration, scrubber: Scrubber) {
            let (isReading, lines) = Self.lines(response, account, scrubber)
            self.isReading = isReading
            text = (["status  \(response.status)"] + lines).joined(separator: "\n") + "\n"
        }

        private static func lines(
            _ response: UpstreamResponse, _ account: AccountConfiguration, _ scrubber: Scrubber
        ) -> (isReading: Bool, lines: [String]) {
            if let fault = response.bodyFault { return (false, ["body    cannot be read: \(fault.rawValue). \(fault.words)"]) }
            // As the gateway judges it: without a credential that the provider echoes.
            let body = scrubber.finds(in: response.body) ? scrubber.scrub(response.body) : response.body
            let definition = account.definition
            let trial = DefinitionTrial(
                definition, status: response.status, contentType: response.values(of: "content-type").first, body: body,
                ReadingContext(parameters: account.parameters, now: Today.now))
            var lines = trial.lines.enumerated().map { ($0 == 0 ? "row     " : "        ") + $1 }
            guard case .reading(let reading) = trial.evaluation else { return (false, lines) }
            lines.append("shape   " + (reading.drift.isEmpty ? "as documented" : "as documented where it is read; see above"))
            guard !account.isBaseURLOverridden else {
                return (true, lines + ["base_url says where to ask, so this proves nothing of the provider itself."])
            }
            let kinds = reading.amounts.map { "\($0.kind.rawValue) \($0.unit)" }.joined(separator: ", ")
            return (
                true,
                lines + [
                    "",
                    "If the provider's own page shows these figures, these lines say so; put them into the definition, or send them in:",
                    "",
                    "  # \(definition.id): status \(response.status); \(kinds.isEmpty ? "no amounts" : kinds)",
                    "  verified: {live: YOUR NAME, on: \(Today.text)}"
                ]
            )
        }
    }
}
