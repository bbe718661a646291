import AsyncHTTPClient
import BursarCatalog
import BursarModel
package import NIOCore
import NIOHTTP1
import NIOHTTPCompression
import NIOSSL

/// Speaks HTTP to providers. *Any thread.* HTTP/2 where a provider offers it, else HTTP/1.1 with kept connections.
///
/// No proxy but a configured one, whatever the environment says, no redirect, no retry of its own: the machine above decides
/// whether a provider is asked again. Nothing is handed to the client's logger or tracer, which would tell URLs.
package final class HTTPTransport: UpstreamTransport {
    /// The contract's bound, on what came after any content coding was undone; a balance takes some hundred bytes.
    package static let bodyLimit = 1_024 * 1_024
    /// Three tries of TCP's first packet (after 1 s and 3 s); the call's own deadline may end it sooner.
    package static let connectTimeout = TimeAmount.seconds(5)
    /// Beyond the longest usual ttl (30 s), so that the refresh after it finds its connection open.
    package static let idleTimeout = TimeAmount.seconds(60)

    /// For this machine, and for what an operator chose where there is no proxy.
    let client: HTTPClient
    /// For providers: through the proxy where there is one, else to public addresses only.
    private let outward: HTTPClient
    private let hasProxy: Bool

    package init(eventLoopGroup: any EventLoopGroup, settings: UpstreamSettings = UpstreamSettings()) {
        var configuration = Self.configuration(settings)
        client = HTTPClient(eventLoopGroup: eventLoopGroup, configuration: configuration)
        hasProxy = settings.proxy != nil
        if let proxy = settings.proxy {
            // The proxy resolves names, and its own rules say where it connects to.
            configuration.proxy = proxy.client
        } else if !settings.allowsPrivateAddresses {
            AddressGuard.protect(&configuration)
        }
        outward = HTTPClient(eventLoopGroup: eventLoopGroup, configuration: configuration)
    }

    private static func configuration(_ settings: UpstreamSettings) -> HTTPClient.Configuration {
        var tls = TLSConfiguration.makeClientConfiguration()
        tls.minimumTLSVersion = .tlsv12
        if let authorities = settings.authorities { tls.trustRoots = .certificates(authorities.certificates) }
        var configuration = HTTPClient.Configuration(
            tlsConfiguration: tls, redirectConfiguration: .disallow,
            timeout: .init(connect: Self.connectTimeout),
            connectionPool: .init(
                idleTimeout: Self.idleTimeout, concurrentHTTP1ConnectionsPerHostSoftLimit: CallGate.callsPerProvider),
            // Counted on output; input is bounded by the deadline.
            decompression: .enabled(limit: .size(Self.bodyLimit)))
        configuration.httpVersion = .automatic
        // Otherwise a refused connection is tried again until the connect timeout, and an outage looks like slowness.
        configuration.connectionPool.retryConnectionEstablishment = false
        configuration.tracing.tracer = nil
        return configuration
    }

    private func client(for reach: UpstreamReach) -> HTTPClient {
        switch reach {
        case .provider: outward
        case .chosen: hasProxy ? outward : client
        case .thisMachine: client
        }
    }

    package func fetch(_ request: UpstreamRequest) async -> TransportResult {
        let collector = ResponseCollector(bodyLimit: Self.bodyLimit)
        guard let head = try? Self.head(of: request) else { return .fault(.unwritable) }
        guard !Task.isCancelled else { return .fault(.cancelled) }
        let task = client(for: request.reach).execute(request: head, delegate: collector)
        return await withTaskCancellationHandler {
            do {
                return .response(try await task.futureResult.get())
            } catch {
                return collector.result(endedBy: TransportFault(error))
            }
        } onCancel: {
            task.cancel()
        }
    }

    /// The one place where a credential is opened for the wire.
    private static func head(of request: UpstreamRequest) throws -> HTTPClient.Request {
        var headers = HTTPHeaders()
        for field in request.fields { headers.add(name: field.name, value: field.value) }
        guard let credential = request.auth.headerValue(for: request.secret) else { throw UnwritableCredential() }
        headers.add(name: request.auth.headerName, value: credential)
        if let name = request.auth.secondHeader {
            guard let second = request.auth.secondValue(for: request.secret) else { throw UnwritableCredential() }
            headers.add(name: name.lowercased(), value: second)
        }
        return try HTTPClient.Request(
            url: request.url, method: request.method == .post ? .POST : .GET, headers: headers,
            body: request.method == .post ? .bytes(request.body ?? []) : nil)
    }

    /// The credential has bytes that no header may carry.
    private struct UnwritableCredential: Error {}

    package func shutdown() async {
        // Fails only when it was shut down before.
        try? await client.shutdown().get()
        try? await outward.shutdown().get()
    }

    deinit {
        // A client must not go without this, also where the start failed half way and nobody shut anything down.
        client.shutdown { _ in }
        outward.shutdown { _ in }
    }
}
