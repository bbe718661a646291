import BursarBasics
package import BursarCatalog
package import BursarClient
package import BursarModel

/// Carries one request to a provider and its answer back. *Any thread.* The seam between what is decided here and what speaks
/// HTTP: tests answer from memory.
package protocol UpstreamTransport: Sendable {
    /// Ends soon after its task is cancelled (with ``TransportFault/cancelled``). Never follows a redirect.
    func fetch(_ request: UpstreamRequest) async -> TransportResult
    /// Does at the start what the first request would otherwise wait for. Asks no provider.
    func warmUp() async
    /// No connection that is open now serves another request: names may lead elsewhere from here on.
    func retireConnections()
    /// At once, whatever a provider does or does not do.
    func shutdown() async
}

extension UpstreamTransport {
    package func warmUp() async {}
    package func retireConnections() {}
}

/// A request to a provider, a GET nearly always. *Value.* The credential stays a ``Secret`` in here; the transport opens it where it writes the head.
package struct UpstreamRequest: Sendable {
    package let url: String
    /// Everything but the credential's field; names in lower case.
    package let fields: [(name: String, value: String)]
    package let auth: AuthPlan
    package let secret: Secret
    package let method: ProviderDefinition.Method
    /// The same for everyone: no credential is ever in it.
    package let body: [UInt8]?
    package var reach: UpstreamReach

    /// Nil where the account lacks a parameter of the definition; the configuration refuses such an account.
    /// - Parameter traceparent: the field of that name; nil: none is sent.
    package init?(_ account: UpstreamAccount, now: WallTime, traceparent: String? = nil) {
        let definition = account.definition
        let values = CallValues(parameters: account.parameters, now: now, uuid: Self.randomUUID())
        guard let planned = definition.request(values) else { return nil }
        url = account.baseURL + planned.target
        method = planned.method
        body = planned.body
        let own =
            [
                ("accept", "application/json"), ("accept-language", "en"), ("accept-encoding", "gzip"),
                ("user-agent", "bursar/" + bursarVersion)
            ] + (traceparent.map { [(TraceContext.fieldName, $0)] } ?? [])
        let fixed = planned.headers.map { ($0.name, $0.value) }
        // Where a definition says otherwise, it knows its provider.
        fields = own.filter { name, _ in !fixed.contains { $0.0 == name } } + fixed
        auth = definition.auth
        secret = account.secret
        reach = UpstreamReach(baseURL: account.baseURL, definition: definition)
    }

    /// RFC 9562's version 4, for providers that want each call to have a name of its own.
    private static func randomUUID() -> String {
        let high = UInt64.random(in: 0...UInt64.max) & 0xFFFF_FFFF_FFFF_0FFF | 0x4000
        let low = UInt64.random(in: 0...UInt64.max) & 0x3FFF_FFFF_FFFF_FFFF | 0x8000_0000_0000_0000
        let front = high.hexText, back = low.hexText
        return "\(front.prefix(8))-\(front.dropFirst(8).prefix(4))-\(front.suffix(4))-\(back.prefix(4))-\(back.suffix(12))"
    }
}

/// How a request ended. *Value.*
package enum TransportResult: Sendable {
    /// A head came; the body may still be missing.
    case response(UpstreamResponse)
    /// No head came.
    case fault(TransportFault)
}

/// What a provider answered, after any content coding was undone. *Value.* Untrusted.
package struct UpstreamResponse: Sendable {
    package let status: Int
    /// Names in lower case, in the order received.
    package let fields: [(name: String, value: String)]
    /// Empty where ``bodyFault`` says why.
    package let body: [UInt8]
    package let bodyFault: TransportFault?

    package init(status: Int, fields: [(name: String, value: String)], body: [UInt8], bodyFault: TransportFault? = nil) {
        self.status = status
        self.fields = fields
        self.body = body
        self.bodyFault = bodyFault
    }

    package func values(of name: String) -> [String] { fields.filter { $0.name == name }.map(\.value) }
}

extension TransportFault {
    /// What it means where no head came.
    package var code: ProblemCode {
        switch self {
        case .connectTimeout, .handshakeTimeout, .timeout, .cancelled: .timeout
        case .badHTTP, .bodyTooLarge, .badEncoding, .truncated: .invalidResponse
        case .refused, .reset, .unresolved, .noRoots, .untrusted, .otherName, .wantsCertificate, .noTLS, .tls, .proxy,
            .privateAddress, .noDescriptors, .unwritable, .other:
            .unreachable
        }
    }
}
