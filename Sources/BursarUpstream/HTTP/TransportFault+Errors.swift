import AsyncHTTPClient
import BursarModel
import NIOCore
import NIOHTTP1
import NIOHTTPCompression
import NIOPosix
import NIOSSL

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

extension TransportFault {
    /// Only the kind of an error is read, never its description, which may tell addresses and URLs.
    init(_ error: any Error) {
        self =
            switch error {
            case let error as HTTPClientError: Self(client: error)
            case let error as NIOConnectionError: Self(connection: error)
            case let error as IOError: Self(errno: error.errnoCode)
            case let error as ChannelError: Self(channel: error)
            case is NIOSSLError, is NIOSSLExtraError, is BoringSSLError: .tls
            case NIOHTTPDecompression.DecompressionError.limit: .bodyTooLarge
            case is NIOHTTPDecompression.DecompressionError, is NIOHTTPDecompression.ExtraDecompressionError: .badEncoding
            case is HTTPParserError: .badHTTP
            case is AddressGuard.Refused: .privateAddress
            case is CancellationError: .cancelled
            default: .other
            }
    }

    private init(client error: HTTPClientError) {
        self =
            switch error {
            case .connectTimeout, .getConnectionFromPoolTimeout: .connectTimeout
            case .tlsHandshakeTimeout: .tls
            case .readTimeout, .writeTimeout, .deadlineExceeded: .timeout
            case .cancelled, .requestStreamCancelled, .alreadyShutdown: .cancelled
            case .remoteConnectionClosed: .reset
            case .uncleanShutdown: .truncated
            case .proxyAuthenticationRequired, .invalidProxyResponse, .httpProxyHandshakeTimeout: .proxy
            case .invalidURL, .emptyHost, .emptyScheme: .unwritable
            default: .other
            }
    }

    /// All addresses failed, or there are none. The first failure stands for all.
    private init(connection error: NIOConnectionError) {
        if let first = error.connectionErrors.first {
            self = TransportFault(first.error)
            if self == .other { self = .refused }
        } else {
            self = .unresolved
        }
    }

    private init(errno: CInt) {
        self =
            switch errno {
            case ECONNREFUSED, EHOSTUNREACH, ENETUNREACH, EHOSTDOWN, EADDRNOTAVAIL: .refused
            case ECONNRESET, EPIPE, ECONNABORTED: .reset
            case ETIMEDOUT: .connectTimeout
            default: .other
            }
    }

    private init(channel error: ChannelError) {
        self =
            switch error {
            case .connectTimeout: .connectTimeout
            case .ioOnClosedChannel, .alreadyClosed, .inputClosed, .outputClosed, .eof: .reset
            default: .other
            }
    }

    /// The same once the head was read: the connection did its work, and what is missing is the rest of the body.
    var duringBody: TransportFault {
        switch self {
        case .reset, .refused, .tls, .unresolved, .connectTimeout, .unwritable, .other, .badHTTP, .truncated, .proxy,
            .privateAddress:
            .truncated
        case .timeout, .cancelled, .bodyTooLarge, .badEncoding: self
        }
    }
}
