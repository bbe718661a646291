/// What stands behind `urn:bursar:problem:` where the gateway itself refuses or fails: callers rely on it, so it is a closed set, and each
/// of them stands in docs/api.md and docs/openapi.yaml. *Value.*
///
/// Beside these there are the codes of what a provider did (`ProblemCode`), and `http_400` and the like, by which the server refuses what
/// no route ever sees.
enum GatewayProblem: String, Sendable, CaseIterable {
    case invalidRequest = "invalid_request"
    case credentialInQuery = "credential_in_query"
    case invalidCredential = "invalid_credential"
    case severalCredentials = "several_credentials"
    case undocumentedQuery = "undocumented_query"
    case unknownUnit = "unknown_unit"
    case unauthorized
    case notEnough = "not_enough"
    case notAdmin = "not_admin"
    case crossSite = "cross_site"
    case passthroughRefused = "passthrough_refused"
    case notFound = "not_found"
    case methodNotAllowed = "method_not_allowed"
    case notAcceptable = "not_acceptable"
    case nothingToReload = "nothing_to_reload"
    case idempotencyConflict = "idempotency_conflict"
    case unknownHost = "unknown_host"
    case invalidConfiguration = "invalid_configuration"
    case tooManyRequests = "too_many_requests"
    case noReading = "no_reading"
    case cannotSay = "cannot_say"
    case requirementUnmet = "requirement_unmet"
    case noHistory = "no_history"
    case claimsNotKept = "claims_not_kept"
    case claimsUnknown = "claims_unknown"
    case tooManyClaims = "too_many_claims"
    case tooManyCredentials = "too_many_credentials"
    case tooManyStreams = "too_many_streams"
    case notReady = "not_ready"
    case timeout
    case nothingCached = "nothing_cached"
}
