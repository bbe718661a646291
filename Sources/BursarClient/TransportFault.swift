/// What went wrong on the way to a server or back, as a closed set of labels for rows, logs and metrics: never an address, a URL or
/// another's text. *Value.*
package enum TransportFault: String, Error, Sendable, CaseIterable {
    /// Nobody listens there, or no way leads there.
    case refused = "connection_refused"
    case reset = "connection_reset"
    case unresolved = "name_not_resolved"
    /// This machine has no certificates of authorities, so that nobody could be trusted.
    case noRoots = "no_roots"
    /// The certificate is expired, or of nobody who is trusted here.
    case untrusted = "tls_certificate"
    /// The certificate is for another name.
    case otherName = "tls_name"
    /// The server wants a certificate of its callers.
    case wantsCertificate = "tls_client_certificate"
    /// What answers there does not speak TLS.
    case noTLS = "tls_not_spoken"
    /// TLS could not be agreed on for another reason.
    case tls
    /// Connected, and TLS was not agreed on in time.
    case handshakeTimeout = "tls_timeout"
    /// The configured proxy made no tunnel.
    case proxy
    /// The name leads to an address that the caller does not allow.
    case privateAddress = "private_address"
    /// This process, or this machine, has no file descriptor left for it.
    case noDescriptors = "no_descriptors"
    /// No request can be written: a URL that is none, a field that no head may carry.
    case unwritable
    case connectTimeout = "connect_timeout", timeout, cancelled
    case badHTTP = "bad_http", bodyTooLarge = "body_too_large", badEncoding = "bad_encoding", truncated
    case other

    /// The same once the head was read: the connection did its work, and what is missing is the rest of the body.
    var duringBody: TransportFault {
        switch self {
        case .timeout, .cancelled, .bodyTooLarge, .badEncoding: self
        case .refused, .reset, .unresolved, .noRoots, .untrusted, .otherName, .wantsCertificate, .noTLS, .tls,
            .handshakeTimeout, .proxy, .privateAddress, .noDescriptors, .unwritable, .connectTimeout, .badHTTP, .truncated,
            .other:
            .truncated
        }
    }
}

/// Why there is no answer. *Value.*
package struct ClientError: Error, Sendable, Equatable {
    package let fault: TransportFault
    /// The system's error number, where there was one.
    package let errno: Int32?

    package init(_ fault: TransportFault, errno: Int32? = nil) {
        self.fault = fault
        self.errno = errno
    }
}
