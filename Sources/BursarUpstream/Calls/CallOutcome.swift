import BursarCatalog
import BursarClient
import BursarEngine
import BursarModel

/// What one call to a provider came to: what the machine is told, and a bounded label of why. *Value.*
struct CallOutcome: Sendable {
    enum Result: Sendable {
        case reading(Reading)
        case failure(CallFailure)
    }

    var result: Result
    var status: Int?
    var bodyBytes = 0
    /// Where no answer could be taken whole.
    var fault: TransportFault?
    /// For the log beside the code, in our own words.
    var detail: String?

    /// `ok`, or the failure's code: the label of the metrics.
    var label: String {
        switch result {
        case .reading: "ok"
        case .failure(let failure): failure.code.rawValue
        }
    }

    /// For metrics. A status that is an error names itself, a fault does too; else the code says what was wrong with the answer.
    var failure: UpstreamCallKind.Failure? {
        guard case .failure(let failure) = result else { return nil }
        let status = status.map(UpstreamCallKind.bounded).flatMap { $0 >= 400 ? String($0) : nil }
        return .init(code: failure.code, errorType: status ?? fault?.rawValue ?? failure.code.rawValue)
    }

    static func failed(_ fault: TransportFault) -> CallOutcome {
        CallOutcome(
            result: .failure(CallFailure(code: fault.code, reason: fault.reason)), fault: fault, detail: fault.rawValue)
    }
}

// MARK: - Reading an answer

extension CallOutcome {
    /// Documented error bodies are kept for provider routes up to here; longer ones are written anew. One is kept a credential.
    static let errorBodyLimit = 64 * 1_024

    /// Judges an answer by the account's definition. Pure.
    /// - Parameter scrubber: knows the configured credentials and this call's own.
    static func of(
        _ response: UpstreamResponse, definition: ProviderDefinition, scrubber: Scrubber, _ context: ReadingContext
    ) -> CallOutcome {
        var outcome = judged(response, definition: definition, scrubber: scrubber, context)
        outcome.status = response.status
        outcome.bodyBytes = response.body.count
        outcome.fault = response.bodyFault
        return outcome
    }

    private static func judged(
        _ response: UpstreamResponse, definition: ProviderDefinition, scrubber: Scrubber, _ context: ReadingContext
    ) -> CallOutcome {
        let status = response.status
        // A redirect would carry the key elsewhere (contract, section 4.2). Its body says nothing of a balance.
        if (300..<400).contains(status) {
            let reason = ProblemReason.redirectRefused
            return CallOutcome(
                result: .failure(CallFailure(code: .upstreamError, upstreamStatus: status, reason: reason)), detail: reason)
        }
        let isSuccess = (200..<300).contains(status)
        if let fault = response.bodyFault, isSuccess {
            let code: ProblemCode = fault == .timeout || fault == .cancelled ? .timeout : .invalidResponse
            return CallOutcome(
                result: .failure(CallFailure(code: code, upstreamStatus: status, reason: fault.reason)), detail: fault.rawValue)
        }

        let contentType = ownContentType(response, scrubber)
        let isClean = !scrubber.finds(in: response.body)
        // A body that holds a credential is judged as it would be passed on: without it. So nothing of it is shown that the
        // schema does not vouch for, and a balance does not become unreadable because a provider echoes the key beside it.
        let body = isClean ? response.body : scrubber.scrub(response.body)
        switch definition.evaluate(status: status, contentType: contentType, body: body, context) {
        case .reading(let reading):
            return CallOutcome(result: .reading(reading), detail: isClean ? nil : "credential_withheld")
        case .failure(let failure):
            // What a definition calls "later" is one, whatever number stands before it.
            let hint = CooldownHint.read(
                status: failure.code == .rateLimited ? 429 : failure.effectiveStatus, field: { response.values(of: $0) },
                body: body, now: context.now)
            let isKept = failure.documented && response.bodyFault == nil && body.count <= errorBodyLimit
            let reply =
                isKept ? definition.reply(status: failure.effectiveStatus, contentType: contentType, body: body) : nil
            // What a status says for itself needs no reason beside it; one that does not count as what it says does, and a success.
            let isOwn =
                failure.code == .invalidResponse || isSuccess || (failure.code == .upstreamError && [401, 403].contains(status))
            let reason = isOwn ? failure.reason : nil
            let told = CallFailure(
                code: failure.code, upstreamStatus: status, carriedStatus: failure.carriedStatus, hint: hint, errorReply: reply,
                reason: reason)
            return CallOutcome(result: .failure(told), detail: response.bodyFault?.rawValue ?? failure.reason)
        }
    }

    /// The Content-Type field: one, without a credential; otherwise nil. Whether it may be passed on, ``UpstreamReply`` says.
    private static func ownContentType(_ response: UpstreamResponse, _ scrubber: Scrubber) -> String? {
        let values = response.values(of: "content-type")
        guard values.count == 1, let value = values.first, scrubber.scrub(value) == value else { return nil }
        return value
    }
}
