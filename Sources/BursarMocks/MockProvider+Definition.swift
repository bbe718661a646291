internal import BursarCatalog
internal import BursarModel

extension MockProvider {
    /// What the mocks take from a definition; nil where it documents no success with an example, because there is then nothing
    /// to answer with.
    init?(_ definition: ProviderDefinition) {
        guard let success = definition.servedSuccess else { return nil }
        let failures = definition.documentedFailures
        self.init(
            name: definition.id.name, path: definition.path, methods: definition.method == .post ? ["POST"] : ["GET", "HEAD"],
            auth: MockAuth(definition.auth), success: success,
            failures: Dictionary(failures.map { ($0.status, $0) }, uniquingKeysWith: { first, _ in first }),
            examples: definition.documentedExamples,
            refusals: definition.refusalsInsideSuccess,
            amountPath: definition.places.firstAmount?.map { JSONStep($0) },
            lowFlagPath: definition.places.lowFlag?.map { JSONStep($0) },
            envelopeCodePath: definition.places.code?.map { JSONStep($0) },
            envelopeFlagPath: definition.places.flag?.map { JSONStep($0) },
            evaluate: { definition.evaluate(status: $0, contentType: $1, body: $2) },
            errorReply: { definition.errorReply(status: $0, message: $1) })
    }
}

extension ProviderDefinition {
    /// The first example of each documented error: exact statuses first, then ranges and default with their first status. Of those only
    /// what the definition reads as that status: the example of a default may be a rejected key.
    fileprivate var documentedFailures: [UpstreamReply] {
        let exact = responses.compactMap { response -> UpstreamReply? in
            guard let status = response.status, status >= 400, let example = response.example else { return nil }
            return UpstreamReply(status: status, contentType: response.mediaType, body: example)
        }
        let others = responses.compactMap { response -> UpstreamReply? in
            guard response.status == nil, let status = response.firstStatus, status >= 400, let example = response.example
            else { return nil }
            let reply = UpstreamReply(status: status, contentType: response.mediaType, body: example)
            return agrees(reply, withStatus: status) ? reply : nil
        }
        return exact + others
    }

    private func agrees(_ reply: UpstreamReply, withStatus status: Int) -> Bool {
        let alone = evaluate(status: status, contentType: "text/plain", body: [])
        guard case .failure(let told) = evaluate(status: status, contentType: reply.contentType, body: reply.body),
            case .failure(let expected) = alone
        else { return false }
        return told.code == expected.code
    }

    /// All of them, as `expect` of the file names them.
    fileprivate var documentedExamples: [(name: String, reply: UpstreamReply)] {
        examples.map { example in
            let key = example.name.prefix { $0 != " " }
            let type = responses.first { $0.key == key }?.mediaType
            return (
                example.name.replacing(" ", with: "-"),
                UpstreamReply(status: example.status, contentType: type, body: example.body)
            )
        }
    }

    /// Documented examples of a 2xx that are an error.
    fileprivate var refusalsInsideSuccess: [UpstreamReply] {
        examples.compactMap { example in
            guard (200..<300).contains(example.status), case .failure = example.evaluation else { return nil }
            let type = responses.first { $0.status == example.status }?.mediaType
            return UpstreamReply(status: example.status, contentType: type, body: example.body)
        }
    }

    /// The first documented example of a 2xx that is a balance: the one that ``places`` leads into. An error inside a 2xx may be
    /// documented before it.
    fileprivate var servedSuccess: UpstreamReply? {
        var fallback: UpstreamReply?
        for response in responses {
            guard let status = response.firstStatus, (200..<300).contains(status) else { continue }
            for example in response.examples {
                guard case .reading(let reading) = evaluate(status: status, contentType: response.mediaType, body: example) else {
                    continue
                }
                let reply = UpstreamReply(status: status, contentType: response.mediaType, body: example)
                if !reading.amounts.isEmpty { return reply }
                fallback = fallback ?? reply
            }
        }
        return fallback
    }
}

extension MockAuth {
    init(_ plan: AuthPlan) {
        self.init(
            headerName: plan.displayName, secondHeaderName: plan.secondHeader, prefix: plan.valuePrefix,
            isPair: plan.isPair,
            credential: { value, second in
                guard plan.secondHeader != nil else { return plan.credential(inHeaderValue: value) }
                return second.flatMap { plan.credential(inHeaderValue: value, second: $0) }
            })
    }
}

extension JSONStep {
    fileprivate init(_ step: ExamplePlaces.Step) {
        switch step {
        case .key(let key): self = .key(key)
        case .index(let index): self = .index(index)
        }
    }
}

extension DocumentedResponse {
    /// Of `4XX` 400, of `default` 500.
    fileprivate var firstStatus: Int? {
        if let status { return status }
        if key == "default" { return 500 }
        return key.first?.wholeNumberValue.map { $0 * 100 }
    }
}
