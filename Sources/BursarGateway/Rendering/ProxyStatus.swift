import BursarModel

/// The `Proxy-Status` field of a provider route's error (RFC 9209 2). Pure.
enum ProxyStatus {
    static func field(for problem: Problem) -> String {
        var field = "bursar"
        switch problem.code {
        case .timeout: field += "; error=http_response_timeout"
        case .unreachable: field += "; error=destination_unavailable"
        case .circuitOpen: field += "; error=destination_unavailable; details=\"circuit open\""
        // No error type exists for these: the received status says it.
        case .unauthorized, .forbidden, .rateLimited, .upstreamError, .invalidResponse: break
        }
        if let status = problem.upstreamStatus { field += "; received-status=\(status)" }
        return field
    }
}
