package import BursarModel
import BursarUpstream

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

    /// One sentence for people. An open circuit alone says nothing of what to mend, so the last call is told with it.
    package func title(for provider: String) -> String {
        guard reason != Self.notReadYet else { return "nobody has asked \(provider) yet" }
        let title = code.title(for: provider)
        guard code == .circuitOpen, let cause = briefly else { return title }
        return "\(title) (\(cause))"
    }

    /// What the call came to, within a sentence: `connection refused`, `HTTP 500`; nil where nothing but the code is known of it.
    var briefly: String? {
        reason.map(ProblemReason.briefly) ?? upstreamStatus.flatMap { (200..<300).contains($0) ? nil : "HTTP \($0)" }
    }
}
