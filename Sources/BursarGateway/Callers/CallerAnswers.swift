import BursarCatalog
import BursarConfiguration
import BursarHTTP
import BursarModel

/// What a request gets that is not answered because of who sends it. Pure.
enum CallerAnswers {
    /// On a provider route in that provider's documented shape, so that an unmodified client of it understands; else a problem document.
    static func unauthorized(_ request: Request, _ refusal: CallerRefusal, _ definition: ProviderDefinition?) -> Response {
        if refusal == .several { return Answers.badRequest(request, code: .severalCredentials, detail: refusal.words) }
        guard let definition else {
            // RFC 6750 3: without a credential there is no error to name.
            let challenge = refusal == .missing ? "Bearer realm=\"bursar\"" : "Bearer realm=\"bursar\", error=\"invalid_token\""
            return Answers.problem(
                ProblemDocument(
                    code: .unauthorized, title: "Who asks?", status: 401, detail: refusal.words,
                    requestID: request.id.description),
                headers: ["www-authenticate": challenge])
        }
        return unauthorized(request, words: refusal.words, as: definition)
    }

    /// The provider's documented 401; where it documents none, a problem document.
    static func unauthorized(_ request: Request, words: String, as definition: ProviderDefinition) -> Response {
        var headers: HeaderFields = [
            "cache-control": "no-store", "www-authenticate": definition.auth.challenge,
            "bursar-request-id": request.id.description, "x-content-type-options": "nosniff"
        ]
        guard let reply = definition.errorReply(status: 401, message: words) else {
            return Answers.problem(
                ProblemDocument(
                    code: .unauthorized, title: "No credential", status: 401, detail: words, requestID: request.id.description),
                headers: headers)
        }
        headers["content-type"] = reply.contentType
        return Response(status: 401, headers: headers, bytes: reply.body)
    }

    /// The client's own rate, so it is Bursar's finding and never looks like a provider's.
    static func limited(_ request: Request, _ rate: RequestRate, wait: Duration, untilFull: Duration) -> Response {
        let wait = max(1, wait.secondsRoundedUp)
        return Answers.problem(
            ProblemDocument(
                code: .tooManyRequests, title: "This client asks too often", status: 429,
                detail: "The client may ask \(rate.requests) times in \(DurationText.format(rate.window)), "
                    + "and again in \(wait) s.",
                requestID: request.id.description),
            headers: [
                "retry-after": String(wait), "ratelimit": "\"client\";r=0;t=\(max(wait, untilFull.secondsRoundedUp))",
                "ratelimit-policy": "\"client\";q=\(rate.requests);w=\(rate.window.secondsRoundedUp)"
            ])
    }

    static func passThroughRefused(_ request: Request, _ definition: ProviderDefinition) -> Response {
        Answers.problem(
            ProblemDocument(
                code: .passthroughRefused, title: "This client may not use a key of its own", status: 403,
                detail:
                    "What stands in the \(definition.auth.headerWords) is no client token. Send the client token in "
                    + "\(definition.auth.headerName), or leave the key out; or write passthrough: true for this client.",
                requestID: request.id.description))
    }
}
