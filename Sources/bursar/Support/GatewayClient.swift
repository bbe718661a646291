import BursarBasics
import BursarClient
import BursarConfiguration
import BursarModel
import Glibc
import NIOPosix
import NIOSSL

/// Asks a running gateway, for every command that does. *Value.*
struct GatewayClient {
    struct Answer {
        let status: Int
        let body: [UInt8]
    }

    /// Why there is no answer, in words.
    struct Unreachable: Error, CustomStringConvertible {
        let url: String
        let reason: ClientFailure
        var description: String { "no answer from \(url): \(reason.words)\n\(reason.advice)" }
    }

    /// Answers above this are not a gateway's: 10,000 rows are 6 MB.
    static let largestAnswer = 64 << 20

    /// The client token, where the gateway has clients configured.
    static let tokenVariable = "BURSAR_TOKEN"

    let base: String
    private let authorities: [NIOSSLCertificate]?

    /// - Parameters:
    ///   - base: `http://host:port`, `https://…`, or `unix:/path/to.sock`.
    ///   - authorities: who may have signed the gateway's certificate; nil: whom this machine trusts.
    init(base: String, authorities: [NIOSSLCertificate]? = nil) {
        self.base = base.hasSuffix("/") ? String(base.dropLast()) : base
        self.authorities = authorities
    }

    func get(_ path: String, _ further: [(String, String)] = [], timeout: Duration = .seconds(30)) async throws(Unreachable)
        -> Answer
    {
        try await send("GET", path, further, timeout: timeout)
    }

    func send(
        _ method: String, _ path: String, _ further: [(String, String)] = [], timeout: Duration = .seconds(30)
    ) async throws(Unreachable) -> Answer {
        try await ask(path, method: method, fields: [("accept", "application/json")] + further, timeout: timeout)
    }

    /// - Parameter onBody: is given a 200's body as it comes, where one wants it so; on an event loop.
    func ask(
        _ path: String, method: String = "GET", fields: [(String, String)], timeout: Duration?,
        onBody: (@Sendable ([UInt8]) -> Void)? = nil
    ) async throws(Unreachable) -> Answer {
        guard let place = Self.place(base, path) else { throw Unreachable(url: base, reason: .malformedURL) }
        var fields = fields + [("user-agent", "bursar/\(bursarVersion)")]
        // From the environment and not from an option: every user of a machine can read its processes' arguments.
        if let token = getenv(Self.tokenVariable) { fields.append(("authorization", "Bearer " + String(cString: token))) }
        var settings = ClientSettings(
            tls: ClientTLS(authorities: authorities), connectTimeout: .seconds(3), bodyLimit: Self.largestAnswer)
        settings.skipsRedirects = false
        let client = HTTPClient(group: MultiThreadedEventLoopGroup.singleton, settings: settings)
        defer { client.shutdown() }
        let request = ClientRequest(method: method, origin: place.origin, target: place.target, fields: fields)
        switch await client.execute(request, timeout: timeout, onBody: onBody) {
        case .response(let response):
            if let fault = response.fault {
                throw Unreachable(url: base, reason: ClientFailure(ClientError(fault), usesTLS: place.origin.isEncrypted))
            }
            return Answer(status: response.status, body: response.body)
        case .failed(let error):
            throw Unreachable(url: base, reason: ClientFailure(error, usesTLS: place.origin.isEncrypted))
        }
    }

    /// The one reader of `--url`. Nil where nothing could be asked there, whatever listens.
    static func place(_ base: String, _ path: String) -> (origin: Origin, target: String)? {
        if base.hasPrefix("unix:") {
            let socket = String(base.dropFirst("unix:".count))
            guard (1...ListenAddress.longestSocketPath).contains(socket.utf8.count) else { return nil }
            return (Origin(isEncrypted: false, place: .unix(path: socket)), path)
        }
        // A path behind a query would be a part of it.
        guard !base.contains("?") else { return nil }
        return RequestURL(base + path).map { ($0.origin, $0.target) }
    }
}
