#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif
import AsyncHTTPClient
import BursarBasics
import BursarConfiguration
import BursarModel
import NIOCore
import NIOHTTP1
import NIOSSL

/// Asks a running gateway: for `bursar balances` and `bursar healthcheck`. *Value.*
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
    private static let largestAnswer = 64 << 20

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

    func get(_ path: String, timeout: Duration = .seconds(30)) async throws(Unreachable) -> Answer {
        let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
        let result: Result<Answer, any Error>
        do {
            var request = HTTPClientRequest(url: Self.url(base, path))
            // A path is no name that could stand in Host, and without one the gateway answers 400.
            if base.hasPrefix("unix:") { request.headers.add(name: "host", value: "localhost") }
            request.headers.add(name: "accept", value: "application/json")
            // From the environment and not from an option: every user of a machine can read its processes' arguments.
            if let token = getenv(Self.tokenVariable) {
                request.headers.add(name: "authorization", value: "Bearer " + String(cString: token))
            }
            request.headers.add(name: "user-agent", value: "bursar/\(bursarVersion)")
            let response = try await client.execute(request, timeout: .nanoseconds(timeout.nanoseconds))
            let body = try await response.body.collect(upTo: Self.largestAnswer)
            result = .success(Answer(status: Int(response.status.code), body: Array(body.readableBytesView)))
        } catch {
            result = .failure(error)
        }
        // A failed shutdown of a client that is done loses nothing.
        try? await client.shutdown()
        switch result {
        case .success(let answer): return answer
        case .failure(let error):
            throw Unreachable(url: base, reason: ClientFailure(error, usesTLS: base.hasPrefix("https://")))
        }
    }

    private var configuration: HTTPClient.Configuration {
        var configuration = HTTPClient.Configuration()
        configuration.redirectConfiguration = .disallow
        configuration.timeout.connect = .seconds(3)
        // Whoever waits at a terminal wants to know at once, and a certificate that is refused is refused again.
        configuration.connectionPool.retryConnectionEstablishment = false
        if let authorities {
            var tls = TLSConfiguration.makeClientConfiguration()
            tls.trustRoots = .certificates(authorities)
            configuration.tlsConfiguration = tls
        }
        return configuration
    }

    private static func url(_ base: String, _ path: String) -> String {
        guard base.hasPrefix("unix:") else { return base + path }
        let socket = base.dropFirst(5).utf8.map { byte in
            let isUnreserved = byte.isASCIILetter || byte.isASCIIDigit || "-._~".utf8.contains(byte)
            return isUnreserved ? String(UnicodeScalar(byte)) : "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }
        return "http+unix://\(socket.joined())\(path)"
    }
}
