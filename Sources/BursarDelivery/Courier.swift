package import BursarClient
import BursarEngine
package import BursarInsight
package import BursarModel

/// Takes messages to targets, once each: who asks decides whether again. *Immutable; any thread.*
///
/// Nothing here waits on another target, nor on an event loop. No redirect is followed; where a URL may lead is decided by
/// ``OutwardClients``, as for providers.
package struct Courier: Sendable {
    /// What Standard Webhooks asks of a sender, for all.
    package static let timeout: Duration = .seconds(15)
    /// Nothing of an answer's body is looked at.
    package static let bodyLimit = 64 * 1_024

    private let clients: OutwardClients
    private let now: @Sendable () -> WallTime

    /// - Parameter now: the clock that signatures bear.
    package init(clients: OutwardClients, now: @escaping @Sendable () -> WallTime) {
        self.clients = clients
        self.now = now
    }

    /// - Parameter context: what is known of an account beside the event.
    package func deliver(
        _ dispatch: AlertDispatch, to target: DeliveryTarget, context: @Sendable (AccountID) -> AlertWords.Context?
    ) async -> AlertOutcome {
        let message = AlertText(dispatch, context: context, now: now())
        switch target.kind {
        case .webhook(let address, let keys):
            let body = WebhookMessage.body(message)
            return await post(
                address.opened(), address.reach, WebhookMessage.fields(id: dispatch.id, at: now(), body: body, keys: keys), body)
        case .alertmanager(let address):
            return await post(
                address.opened("/api/v2/alerts"), address.reach, [("content-type", "application/json")],
                AlertmanagerMessage.body(dispatch, context: context, now: now()))
        case .slack(let address):
            return await post(
                address.opened(), address.reach, [("content-type", "application/json")], SlackMessage.body(message))
        case .ntfy(let address, let token):
            return await post(
                address.opened(), address.reach, NtfyMessage.fields(message, token: token), NtfyMessage.body(message))
        case .command(let run):
            switch await run(WebhookMessage.body(message)) {
            case .succeeded: return .delivered
            case .notStarted: return .failed(reason: "not_started", mayHaveArrived: false, retryAfter: nil)
            case .failed(let reason): return .failed(reason: reason, mayHaveArrived: true, retryAfter: nil)
            }
        }
    }

    package func shutdown() { clients.shutdown() }

    private func post(
        _ url: RequestURL?, _ reach: OutwardClients.Reach, _ fields: [(name: String, value: String)], _ body: [UInt8]
    ) async -> AlertOutcome {
        guard let url else { return .failed(reason: TransportFault.unwritable.rawValue, mayHaveArrived: false, retryAfter: nil) }
        let request = ClientRequest(
            method: "POST", url: url, fields: fields + [("user-agent", "bursar/\(bursarVersion)"), ("accept", "*/*")], body: body)
        switch await clients[reach, to: url.origin].execute(request, timeout: Self.timeout) {
        case .response(let response): return outcome(of: response)
        case .failed(let error):
            return .failed(reason: error.fault.rawValue, mayHaveArrived: error.fault.mayComeAfterRequest, retryAfter: nil)
        }
    }

    private func outcome(of response: ClientResponse) -> AlertOutcome {
        switch response.status {
        case 200..<300: return .delivered
        case 404, 410: return .gone(status: response.status)
        default:
            // An answer that says no says that nothing was done; what broke in the middle of it may have been.
            let mayHaveArrived = response.status >= 500 && response.status != 503
            let wait = CooldownHint.retryAfter({ response.values(of: $0) }, now: now())?.wait
            return .failed(reason: "http_\(response.status)", mayHaveArrived: mayHaveArrived, retryAfter: wait)
        }
    }
}

extension TransportFault {
    /// Whether the request may have been read before.
    fileprivate var mayComeAfterRequest: Bool {
        switch self {
        case .refused, .unresolved, .noRoots, .untrusted, .otherName, .wantsCertificate, .noTLS, .tls, .handshakeTimeout, .proxy,
            .privateAddress, .noDescriptors, .unwritable, .connectTimeout:
            false
        case .reset, .timeout, .cancelled, .badHTTP, .bodyTooLarge, .badEncoding, .truncated, .other: true
        }
    }
}
