import BursarModel

/// An error that a 2xx body reports. *Value.*
struct InnerFailure: Equatable {
    let code: ProblemCode
    /// The code in the body where it is one of HTTP's error statuses.
    let status: Int?
    let reason: String
}

extension Mapping {
    /// The rule that a 2xx body breaks, if any.
    /// - Throws: where a field that the rule needs is absent or of another type: then the body is not an error, but malformed.
    func innerFailure(of body: JSONValue) throws(MappingError) -> InnerFailure? {
        for rule in success {
            let value = rule.path.value(in: body) ?? .null
            if rule.allowed.contains(where: { $0.isSame(as: value) }) { continue }
            if value.isNull {
                if rule.isOptional { continue }
                // An error object where the field should be is an error all the same.
                if let failure = failureByCode(of: body) { return failure }
                throw MappingError(reason: "\(rule.path.text) is missing")
            }
            let expectsNull = rule.allowed.contains(.null)
            guard expectsNull || rule.allowed.contains(where: { $0.typeName == value.typeName }) else {
                throw MappingError(reason: "\(rule.path.text) is \(value.typeName)")
            }
            return failureByCode(of: body)
                ?? InnerFailure(code: .upstreamError, status: nil, reason: "\(rule.path.text) reports an error")
        }
        return nil
    }

    /// The class that the body's own code has been given; nil where it has none or no code is there.
    func meaning(of body: JSONValue) -> ProblemCode? {
        for path in codes.paths {
            if let code = path.value(in: body)?.codeText, let meaning = codes.meanings[code] { return meaning }
        }
        return nil
    }

    private func failureByCode(of body: JSONValue) -> InnerFailure? {
        for path in codes.paths {
            guard let value = path.value(in: body), let text = value.codeText, !isSuccess(value, at: path) else { continue }
            let status = value.integer.flatMap { (400...599).contains($0) ? $0 : nil }
            let code = codes.meanings[text] ?? status.map { self.code(forStatus: $0) }
            guard let code else { continue }
            // A number may be shown; a word is the upstream's own text.
            let shown = value.integer.map { "\($0)" } ?? "an error"
            return InnerFailure(code: code, status: status, reason: "\(path.text) reports \(shown)")
        }
        return nil
    }

    private func isSuccess(_ value: JSONValue, at path: ValuePath) -> Bool {
        success.contains { $0.path.steps == path.steps && $0.allowed.contains { $0.isSame(as: value) } }
    }

    /// The definition's word about a status, else what HTTP means by it.
    func code(forStatus status: Int) -> ProblemCode {
        if let code = statuses[status] { return code }
        switch status {
        case 401: return .unauthorized
        case 403: return .forbidden
        case 429: return .rateLimited
        default: return .upstreamError
        }
    }
}

extension JSONValue {
    /// A number or a word that may be a code.
    fileprivate var codeText: String? {
        switch self {
        case .number(let text), .string(let text): text
        case .null, .bool, .array, .object: nil
        }
    }
}
