import ArgumentParser
import BursarCatalog
import BursarModel
import BursarText
import Glibc
import NIOSSL

/// Which running gateway a command asks.
struct TargetOptions: ParsableArguments {
    @Option(
        name: .customLong("url"),
        help: ArgumentHelp(
            "The gateway: http://host:port, https://host:port or unix:/path/to.sock; else $BURSAR_URL, or \(UsualGateway.standard).",
            valueName: "URL"))
    var given: String?

    var url: String { given ?? UsualGateway.url }

    @Option(
        help: ArgumentHelp(
            "For https://: the certificates, in PEM form, of the authorities that are trusted; else this machine's.",
            valueName: "FILE"))
    var ca: String?

    /// What a command that is printed needs to ask the same gateway, a space before each option. What the variable says, whoever copies
    /// it has as well.
    var asWords: String {
        [("--url", given), ("--ca", ca.map(Self.absolute))].compactMap { name, value in
            value.map { " \(name) \(ShellText.word($0))" }
        }.joined()
    }

    /// For whoever pastes it in another folder.
    private static func absolute(_ path: String) -> String {
        guard let whole = realpath(path, nil) else { return path }
        defer { free(whole) }
        return String(cString: whole)
    }

    func validate() throws {
        if let given { try Self.check(given) } else { try UsualGateway.check() }
    }

    static func check(_ url: String) throws {
        // Here and not when it is asked: a guard with --fail-open would take a typing error for a gateway that is away.
        guard GatewayClient.place(url, "/") != nil else {
            throw ValidationError("--url takes http://host:port, https://host:port or unix:/path.")
        }
    }

    /// Prints why and exits with 69 where nothing answers.
    func get(_ path: String, _ fields: [(String, String)] = []) async throws -> GatewayClient.Answer {
        try await send("GET", path, fields)
    }

    /// The same with another method.
    func send(_ method: String, _ path: String, _ fields: [(String, String)] = [], timeout: Duration = .seconds(30)) async throws
        -> GatewayClient.Answer
    {
        try await Self.send(method, path, fields, to: client, timeout: timeout)
    }

    static func get(_ path: String, from url: String, ca: String?, timeout: Duration) async throws -> GatewayClient.Answer {
        try await send("GET", path, [], to: GatewayClient(base: url, authorities: try authorities(ca)), timeout: timeout)
    }

    private static func send(
        _ method: String, _ path: String, _ fields: [(String, String)], to client: GatewayClient, timeout: Duration
    ) async throws -> GatewayClient.Answer {
        do {
            return try await client.send(method, path, fields, timeout: timeout)
        } catch {
            Terminal.tell("error: \(error)")
            throw ExitStatus.unavailable
        }
    }

    /// Says what the gateway said, and gives the exit code for it.
    func tellRefusal(_ answer: GatewayClient.Answer) -> ExitCode { Self.tellRefusal(answer, by: url) }

    static func tellRefusal(_ answer: GatewayClient.Answer, by url: String) -> ExitCode {
        let detail = ProblemAnswer.detail(inJSON: answer.body)
        Terminal.tell("\(url) answered \(answer.status): \(detail ?? "something that this command cannot read. Is it a Bursar?")")
        let isOurs = ProblemAnswer.isOurs(inJSON: answer.body)
        // Whoever refuses a caller in front of a gateway says so in words of its own.
        if detail != nil, !isOurs, ![401, 403].contains(answer.status) { Terminal.tell("Is it a Bursar?") }
        if answer.status == 401 {
            Terminal.tell(
                "A client's token is taken from $\(GatewayClient.tokenVariable); "
                    + "who configures the gateway makes one with `bursar token new`.")
        }
        return switch answer.status {
        // Of anything else, which knows no such path, it says nothing about what was asked.
        case 400, 404: isOurs ? ExitStatus.usage : ExitStatus.unavailable
        case 401, 403: ExitStatus.notPermitted
        default: ExitStatus.unavailable
        }
    }

    /// For `--json`: the answer as it is, whatever it says, once it is known to be JSON.
    func showJSON(_ answer: GatewayClient.Answer) throws {
        guard (try? JSONReader.readWhole(answer.body)) != nil else {
            // Whoever answers in front of a gateway says so with a page of its own.
            if [401, 403].contains(answer.status) { throw tellRefusal(answer) }
            Terminal.tell("\(url) answered \(answer.status) with something that is no JSON. Is it a Bursar?")
            throw ExitStatus.data
        }
        Terminal.answer(foreign: answer.body)
    }

    /// `provider/account` as a part of a path. A provider alone means its only account, as in `/v1/guard`: the gateway is asked which
    /// that is, and asks no provider.
    func path(of account: String) async throws -> String {
        let parts = account.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        // Before anything is asked: what is no name makes another path, and the gateway would speak of its routes.
        guard let provider = parts.first.flatMap({ ProviderID($0) }), parts.dropFirst().allSatisfy({ AccountName($0) != nil })
        else {
            Terminal.tell(
                "error: An account is provider or provider/account, such as acme or acme/default; '\(account)' is neither.")
            throw ExitStatus.usage
        }
        if parts.count == 2 { return account }
        let answer = try await get("/v1/balances?provider=\(provider)", [("cache-control", "only-if-cached")])
        guard let rows = BalancesAnswer(json: answer.body)?.lines, let first = rows.first else { throw tellRefusal(answer) }
        guard rows.count == 1 else {
            Terminal.tell("error: " + AccountChoice.several(rows.map { "\($0.provider)/\($0.account)" }))
            throw ExitStatus.usage
        }
        return QueryText.escaped(first.provider) + "/" + QueryText.escaped(first.account)
    }

    /// - Throws: the exit status, where the file of authorities cannot be used.
    var client: GatewayClient {
        get throws { GatewayClient(base: url, authorities: try Self.authorities(ca)) }
    }

    private static func authorities(_ ca: String?) throws -> [NIOSSLCertificate]? {
        guard let ca else { return nil }
        guard let certificates = try? NIOSSLCertificate.fromPEMFile(ca), !certificates.isEmpty else {
            Terminal.tell("error: --ca \(ca): cannot be read, or holds no certificate in PEM form")
            throw ExitStatus.noSuchFile
        }
        return certificates
    }
}
