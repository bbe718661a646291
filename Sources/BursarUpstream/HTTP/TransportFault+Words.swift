package import BursarClient

extension TransportFault {
    /// What rows and `/v1/status` tell of it, a closed set; nil where the problem's code says all.
    package var reason: String? {
        switch self {
        case .timeout, .cancelled, .other: nil
        case .refused, .reset, .unresolved, .noRoots, .untrusted, .otherName, .wantsCertificate, .noTLS, .tls,
            .handshakeTimeout, .proxy, .privateAddress, .noDescriptors, .unwritable, .connectTimeout, .badHTTP, .bodyTooLarge,
            .badEncoding, .truncated:
            rawValue
        }
    }

    /// For people, as a whole sentence.
    package var words: String {
        switch self {
        case .refused: "Nothing accepts connections there, or no way leads there."
        case .reset: "The connection ended before an answer came."
        case .unresolved: "The name of its host leads to no address."
        case .noRoots: "This machine has no certificates of authorities: install ca-certificates, or name a file in upstream.ca."
        case .untrusted: "Its certificate has expired, or is of nobody who is trusted here."
        case .otherName: "Its certificate is for another name."
        case .wantsCertificate: "It wants a certificate of its callers."
        case .noTLS: "What answers there does not speak TLS."
        case .tls: "TLS could not be agreed on."
        case .handshakeTimeout: "It accepted the connection, and TLS was not agreed on in time."
        case .proxy: "The proxy of upstream.proxy made no tunnel to it."
        case .privateAddress: "The name of its host leads to an address that is not public, see upstream.private_addresses."
        case .noDescriptors: "Bursar has no file descriptor left to ask it with: raise the limit (ulimit -n)."
        case .unwritable: "No request can be written for it."
        case .connectTimeout: "No connection came about in time."
        case .timeout, .cancelled: "The answer did not come in time."
        case .badHTTP: "The answer is no HTTP."
        case .bodyTooLarge: "The answer is too large."
        case .badEncoding: "The answer is in a content coding that was not asked for, or damaged."
        case .truncated: "The answer ended before it was whole."
        case .other: "No connection came about, or it ended before the answer was whole."
        }
    }
}

/// Reasons of problems, for who shows them. *Stateless.*
package enum ProblemReason {
    /// An answer that redirects.
    package static let redirectRefused = "redirect_refused"

    /// The words for a reason that is a label, as a whole sentence; nil where it is words already.
    package static func words(of reason: String) -> String? {
        guard reason != redirectRefused else { return "It redirects, which is refused: to follow would carry the key elsewhere." }
        return TransportFault(rawValue: reason)?.words
    }

    /// Within a sentence: `connection refused`, or the words that it is.
    package static func briefly(_ reason: String) -> String {
        words(of: reason) == nil ? reason : reason.replacing("_", with: " ")
    }
}
