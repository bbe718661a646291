import ArgumentParser
import BursarConfiguration

/// `bursar healthcheck`: for container images without curl.
struct Healthcheck: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Exit 0 when a gateway is ready, 69 when it is not, 66 or 78 where the configuration does not say where it is.",
        discussion: """
            Examples, the first one in a Dockerfile:

              HEALTHCHECK CMD ["bursar", "healthcheck"]
              bursar healthcheck --config /etc/bursar/bursar.yaml
              bursar healthcheck --url unix:/run/bursar/bursar.sock

            Asks GET /readyz, which never asks a provider, where the configuration that serve would read says that the gateway listens:
            over its Unix socket if it has one, in clear text, or over TLS. Nothing else of the configuration is read. Give it the same
            --listen as serve.
            """
    )

    @Option(
        help: ArgumentHelp(
            "Ask there, whatever the configuration says: http://host:port, https://host:port or unix:/path; else $BURSAR_URL, where neither --config nor --listen is given.",
            valueName: "URL"))
    var url: String?

    @Option(
        help: ArgumentHelp(
            "For an https:// address that --url or $BURSAR_URL names: the certificates, in PEM form, of the authorities that are trusted.",
            valueName: "FILE"))
    var ca: String?

    @Option(help: ArgumentHelp("The configuration; else $BURSAR_CONFIG or ./bursar.yaml.", valueName: "FILE"))
    var config: String?

    @Option(help: ArgumentHelp("As serve was given it; may be repeated.", valueName: "ADDR"))
    var listen: [String] = []

    /// What was named on this command line says more than a variable of the shell.
    private var place: String? { url ?? (config == nil && listen.isEmpty ? UsualGateway.named : nil) }

    func validate() throws {
        if let url { try TargetOptions.check(url) } else if place != nil { try UsualGateway.check() }
        for text in listen { try ListenArgument.check(text) }
        // Where the configuration says where to ask, it does not matter whose certificate answers.
        if ca != nil, place == nil {
            throw ValidationError(
                "--ca says whom to trust at an https:// address; name that with --url or $\(UsualGateway.variable).")
        }
    }

    func run() async throws {
        if let url = place {
            let answer = try await TargetOptions.get("/readyz", from: url, ca: ca, timeout: .seconds(3))
            let outcome = ReadinessProbe.judge(status: answer.status, body: answer.body)
            return try report(outcome, from: url)
        }
        let request = ConfigurationRequest(path: config, listen: listen)
        switch ConfigurationReader(sources: .program()).listeningPlaces(request) {
        case .failure(.unreadable(let problem)):
            Terminal.tell("\(problem)")
            throw ExitStatus.noSuchFile
        case .failure(.unclear(let problem)):
            Terminal.tell("\(problem)")
            throw ExitStatus.configuration
        case .success(let places):
            guard let probe = ReadinessProbe(places) else {
                Terminal.tell(
                    "error: the system chooses the ports of this configuration; say with --url where the gateway listens")
                throw ExitStatus.configuration
            }
            try report(await probe.ask(), from: probe.description)
        }
    }

    private func report(_ outcome: ReadinessProbe.Outcome, from place: String) throws {
        switch outcome {
        case .ready: return
        case .refused(let status): Terminal.tell("\(place) is not ready (status \(status))")
        case .noGateway: Terminal.tell("what answers at \(place) is no Bursar")
        case .noAnswer(let reason): Terminal.tell("no answer from \(place): \(reason)")
        }
        throw ExitStatus.unavailable
    }
}
