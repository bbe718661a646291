import BursarBasics
import BursarCatalog
import BursarClient
package import NIOCore

/// Speaks HTTP to providers. *Any thread.* HTTP/1.1 with kept connections (docs/decisions/0013).
///
/// No proxy but a configured one, whatever the environment says, no redirect, no retry of its own: the machine above decides
/// whether a provider is asked again. Nothing here logs, so no URL is told.
package final class HTTPTransport: UpstreamTransport {
    /// The contract's bound, on what came before and after any content coding was undone; a balance takes some hundred bytes.
    package static let bodyLimit = 1_024 * 1_024

    /// For this machine, and for what an operator chose where there is no proxy.
    let client: HTTPClient
    /// For providers: through the proxy where there is one, else to public addresses only.
    private let outward: HTTPClient
    private let hasProxy: Bool
    let eventLoopGroup: any EventLoopGroup

    package init(eventLoopGroup: any EventLoopGroup, settings: UpstreamSettings = UpstreamSettings()) {
        self.eventLoopGroup = eventLoopGroup
        var configuration = ClientSettings(
            tls: ClientTLS(authorities: settings.authorities?.certificates),
            connectionsPerOrigin: CallGate.callsPerProvider, bodyLimit: Self.bodyLimit)
        client = HTTPClient(group: eventLoopGroup, settings: configuration)
        hasProxy = settings.proxy != nil
        if let proxy = settings.proxy {
            // The proxy resolves names, and its own rules say where it connects to.
            configuration.proxy = proxy.client
        } else if !settings.allowsPrivateAddresses {
            // TCP does reach such an address; TLS does not, nor a request, and with it the key.
            configuration.allowsAddress = { IPAddress($0)?.scope == .global }
        }
        outward = HTTPClient(group: eventLoopGroup, settings: configuration)
    }

    private func client(for reach: UpstreamReach) -> HTTPClient {
        switch reach {
        case .provider: outward
        case .chosen: hasProxy ? outward : client
        case .thisMachine: client
        }
    }

    package func fetch(_ request: UpstreamRequest) async -> TransportResult {
        guard let head = Self.head(of: request) else { return .fault(.unwritable) }
        switch await client(for: request.reach).execute(head) {
        case .response(let response): return .response(Self.decoded(response))
        case .failed(let error): return .fault(error.fault)
        }
    }

    /// The one place where a credential is opened for the wire.
    private static func head(of request: UpstreamRequest) -> ClientRequest? {
        guard let url = RequestURL(request.url), let credential = request.auth.headerValue(for: request.secret) else {
            return nil
        }
        var fields = request.fields + [(request.auth.headerName, credential)]
        if let name = request.auth.secondHeader {
            guard let second = request.auth.secondValue(for: request.secret) else { return nil }
            fields.append((name.lowercased(), second))
        }
        let body = request.method == .post ? request.body ?? [] : nil
        return ClientRequest(method: request.method == .post ? "POST" : "GET", url: url, fields: fields, body: body)
    }

    private static func decoded(_ response: ClientResponse) -> UpstreamResponse {
        var (body, fault) = (response.body, response.fault)
        if fault == nil {
            do {
                body = try ContentDecoding.undo(body, codings: response.values(of: "content-encoding"), limit: bodyLimit)
            } catch {
                (body, fault) = ([], error)
            }
        }
        return UpstreamResponse(status: response.status, fields: response.fields, body: body, bodyFault: fault)
    }

    package func retireConnections() {
        client.retireConnections()
        outward.retireConnections()
    }

    package func shutdown() async {
        client.shutdown()
        outward.shutdown()
    }
}
