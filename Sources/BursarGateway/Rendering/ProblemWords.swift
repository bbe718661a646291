package import BursarModel

extension ProblemCode {
    /// One sentence for people, about a provider by its title: "TensorPix asked to wait".
    package func title(for provider: String) -> String {
        switch self {
        case .unauthorized: "\(provider) rejected the key"
        case .forbidden: "\(provider) does not allow this key to ask"
        case .rateLimited: "\(provider) asked to wait"
        case .timeout: "\(provider) did not answer in time"
        case .unreachable: "\(provider) cannot be reached"
        case .upstreamError: "\(provider) answered with an error"
        case .invalidResponse: "\(provider) answered with something it does not document"
        case .circuitOpen: "\(provider) failed too often and is left alone for a while"
        }
    }

    /// Whether waiting alone may end it (contract 4.1: 503 with Retry-After).
    package var endsByWaiting: Bool { self == .rateLimited || self == .circuitOpen }
}

extension Problem {
    /// The reason where nothing is known because no provider was asked: nobody failed.
    static let notReadYet = "not_read_yet"

    /// One sentence for people.
    package func title(for provider: String) -> String {
        reason == Self.notReadYet ? "nobody has asked \(provider) yet" : code.title(for: provider)
    }
}
