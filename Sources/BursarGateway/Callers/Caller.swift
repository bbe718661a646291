import BursarHTTP
import BursarModel

/// Who asks, as far as that is known. *Value.*
struct Caller: Sendable {
    /// Nil: no clients are configured, and everyone who gets here is the same.
    let client: Client?

    static let anyone = Caller(client: nil)

    /// The number of the scope that answers it; 0 has everything.
    var scope: Int { client?.scope ?? 0 }

    /// Whether it may use a key of its own on a provider route, where the configuration lets anyone.
    var mayPassThrough: Bool { client?.mayPassThrough ?? true }
}

/// What a request showed of who asks, as far as it is kept: of a token its digest. *Value.* An answer that goes on after a reload asks
/// with it who that is now.
struct CallerCredential: Sendable {
    let token: PresentedToken
    let connection: ConnectionInfo

    init(token: PresentedToken, connection: ConnectionInfo) { (self.token, self.connection) = (token, connection) }

    /// Of a request to one of the gateway's own routes.
    init(_ request: Request) {
        self.init(token: PresentedToken.read(request.headers, auth: nil), connection: request.connection)
    }
}

/// Why a request has no caller, where clients are configured. *Value.*
enum CallerRefusal: String, Error, Sendable, CaseIterable {
    /// Nothing that says who asks.
    case missing
    /// A text that begins like a token and is none.
    case malformed
    /// A Bearer that is no client token at all.
    case foreign
    /// A token that no client has.
    case unknown
    /// Of a client whose time is over.
    case expired
    /// Two different ones.
    case several

    /// Whether it may be somebody trying: such an answer waits, and is counted.
    var isAttempt: Bool {
        switch self {
        case .malformed, .foreign, .unknown, .expired: true
        case .missing, .several: false
        }
    }

    /// For the caller; the same for everyone who sends the like.
    var words: String {
        switch self {
        case .missing:
            "Send a client token: Authorization: Bearer bur_…, on provider routes also in the provider's own header."
        case .malformed: "The client token is cut off or mistyped: its checksum does not fit."
        case .foreign:
            "The Authorization header has a Bearer that is no client token of this gateway. It wants Authorization: Bearer bur_…; "
                + "curl may have added another server's from ~/.netrc, or a proxy its own."
        case .unknown: "No client has this token."
        case .expired: "The client's time is over: ask the operator for a new token."
        case .several: "The request has more than one credential for this gateway. Send one."
        }
    }
}
