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

    private let clients: OutwardClients
    let eventLoopGroup: any EventLoopGroup

    package init(eventLoopGroup: any EventLoopGroup, settings: UpstreamSettings = UpstreamSettings()) {
        self.eventLoopGroup = eventLoopGroup
        clients = settings.clients(
            on: eventLoopGroup, connectionsPerOrigin: CallGate.callsPerProvider, bodyLimit: Self.bodyLimit)
    }

    func client(for reach: UpstreamReach, to origin: Origin) -> HTTPClient {
        switch reach {
        case .provider: clients[.publicAddress, to: origin]
        case .chosen: clients[.anyAddress, to: origin]
        case .thisMachine: clients[.thisMachine, to: origin]
        }
    }

    package func fetch(_ request: UpstreamRequest) async -> TransportResult {
        guard let head = Self.head(of: request) else { return .fault(.unwritable) }
        switch await client(for: request.reach, to: head.origin).execute(head) {
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
        clients.retireConnections()
    }

    package func shutdown() async {
        clients.shutdown()
    }
}
