import Glibc
import NIOCore
import NIOPosix
import NIOSSL

extension ClientError {
    /// Only the kind of an error is read; its description may tell addresses and URLs.
    init(from error: any Error) {
        switch error {
        case let error as ClientError: self = error
        case let fault as TransportFault: self.init(fault)
        case let error as NIOConnectionError: self.init(connection: error)
        case let error as IOError: self.init(TransportFault(errno: error.errnoCode), errno: error.errnoCode)
        case let error as ChannelError: self.init(TransportFault(channel: error))
        case NIOSSLError.uncleanShutdown: self.init(.reset)
        case is NIOSSLError, is NIOSSLExtraError, is BoringSSLError: self.init(TransportFault(tls: "\(error)"))
        case is CancellationError: self.init(.cancelled)
        default: self.init(.other)
        }
    }

    /// All addresses failed, or there are none. The first failure stands for all.
    private init(connection error: NIOConnectionError) {
        guard let first = error.connectionErrors.first else {
            self.init(.unresolved)
            return
        }
        self.init(from: first.error)
        if fault == .other { self = ClientError(.refused, errno: errno) }
    }
}

extension TransportFault {
    fileprivate init(errno: CInt) {
        self =
            switch errno {
            case ECONNREFUSED, EHOSTUNREACH, ENETUNREACH, EHOSTDOWN, EADDRNOTAVAIL, ENOENT, EACCES: .refused
            case ECONNRESET, EPIPE, ECONNABORTED: .reset
            case ETIMEDOUT: .connectTimeout
            case EMFILE, ENFILE: .noDescriptors
            default: .other
            }
    }

    fileprivate init(channel error: ChannelError) {
        self =
            switch error {
            case .connectTimeout: .connectTimeout
            case .ioOnClosedChannel, .alreadyClosed, .inputClosed, .outputClosed, .eof: .reset
            default: .other
            }
    }

    /// BoringSSL's own names of reasons stand in its errors' descriptions and nowhere else.
    fileprivate init(tls words: String) {
        if words.contains("CERTIFICATE_VERIFY_FAILED") {
            self = SystemRoots.areFound ? .untrusted : .noRoots
        } else if words.contains("CERTIFICATE_REQUIRED") {
            self = .wantsCertificate
        } else if words.contains("WRONG_VERSION_NUMBER") || words.contains("HTTP_REQUEST") {
            self = .noTLS
        } else {
            self = .tls
        }
    }
}
