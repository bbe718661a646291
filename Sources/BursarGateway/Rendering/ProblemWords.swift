import BursarModel
import BursarText
import BursarUpstream

extension ProblemCode {
    /// Whether waiting alone may end it (contract 4.1: 503 with Retry-After).
    package var endsByWaiting: Bool { self == .rateLimited || self == .circuitOpen }
}

extension Problem {
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
