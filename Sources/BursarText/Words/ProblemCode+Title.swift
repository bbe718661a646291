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
}
