import BursarBasics
import BursarClient
import Glibc

/// Why a gateway could not be asked, as far as it is known here. *Value.*
enum ClientFailure: Equatable {
    /// The system's error number: nothing listens there, there is no such file, it may not be opened.
    case system(Int32)
    case unknownHost
    case connectTimeout
    case tooSlow
    case malformedURL
    /// The certificate is of nobody who is trusted, or has expired: the library tells both alike.
    case untrusted
    /// The certificate is for another name.
    case otherName
    /// The other side wants a certificate of the client.
    case wantsCertificate
    /// What answered `https://` speaks cleartext.
    case cleartext
    case slowTLS
    case otherTLS
    /// What answered `http://` is no HTTP, or ended without an answer.
    case noHTTP
    case tooLarge
    /// What the client calls it: of none that was foreseen.
    case other(String)

    init(_ error: ClientError, usesTLS: Bool) {
        if let number = error.errno, error.fault != .reset {
            self = .system(number)
            return
        }
        self =
            switch error.fault {
            case .unresolved: .unknownHost
            case .connectTimeout: .connectTimeout
            case .timeout: .tooSlow
            case .unwritable: .malformedURL
            case .untrusted, .noRoots: .untrusted
            case .otherName: .otherName
            case .wantsCertificate: .wantsCertificate
            case .noTLS: .cleartext
            case .handshakeTimeout: .slowTLS
            case .tls: .otherTLS
            case .reset, .badHTTP, .truncated: usesTLS ? .otherTLS : .noHTTP
            case .bodyTooLarge: .tooLarge
            case .refused, .proxy, .privateAddress, .noDescriptors, .cancelled, .badEncoding, .other: .other(error.fault.rawValue)
            }
    }

    var words: String {
        switch self {
        case .system(let number): SystemError(number: number).words
        case .unknownHost: "nobody knows that host"
        case .connectTimeout: "nothing accepted the connection within 3 s"
        case .tooSlow: "it took too long"
        case .malformedURL: "that is no URL"
        case .untrusted: "its certificate has expired, or is not signed by an authority that is trusted here"
        case .otherName: "its certificate is for another name"
        case .wantsCertificate: "it wants a certificate of its callers, and this command has none"
        case .cleartext: "what answers there does not speak TLS"
        case .slowTLS: "it accepted the connection, and TLS was not agreed on in time"
        case .otherTLS: "TLS could not be agreed on"
        case .noHTTP: "what answers there does not speak HTTP in the clear"
        case .tooLarge: "its answer is larger than any of a gateway"
        case .other(let name): name
        }
    }

    /// What to do.
    var advice: String {
        switch self {
        case .untrusted: "Name the authority's certificate with --ca FILE; where that is named, look when the gateway's own ends."
        case .otherName: "Ask by a name or address that stands in the certificate."
        case .wantsCertificate: "Ask at another of its listeners, such as a Unix socket."
        case .cleartext: "Ask http:// there, or another address with --url."
        case .noHTTP: "Is it a listener with TLS? Then ask https://."
        case .malformedURL: "Expected are http://host:port, https://host:port and unix:/path."
        case .tooLarge: "Is it a Bursar? Name another with --url."
        case .system, .unknownHost, .connectTimeout, .tooSlow, .slowTLS, .otherTLS, .other:
            "Is it running? Start it with `bursar serve`, or name another with --url."
        }
    }
}
