import ArgumentParser
import BursarGateway
import NIOSSL

/// Which running gateway a command asks.
struct TargetOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp("The gateway: http://host:port, https://host:port or unix:/path/to.sock.", valueName: "URL"))
    var url = "http://127.0.0.1:8787"

    @Option(
        help: ArgumentHelp(
            "For https://: the certificates, in PEM form, of the authorities that are trusted; else this machine's.",
            valueName: "FILE"))
    var ca: String?

    func validate() throws { try Self.check(url) }

    static func check(_ url: String) throws {
        let isURL = ["http://", "https://"].contains { url.lowercased().hasPrefix($0) && url.utf8.count > $0.utf8.count }
        guard isURL || url.hasPrefix("unix:") && url.utf8.count > 5 else {
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
    func refused(_ answer: GatewayClient.Answer) -> ExitCode {
        Terminal.tell("\(url) answered \(answer.status): \(ProblemDocument.detail(inJSON: answer.body) ?? "no answer to that")")
        return [400, 404].contains(answer.status) ? ExitStatus.usage : ExitStatus.unavailable
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
