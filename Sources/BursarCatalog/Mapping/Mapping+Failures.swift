import BursarModel

/// What a 2xx body reports that is no success. *Value.*
struct InnerMeaning: Equatable {
    let meaning: AnswerMeaning
    /// The code in the body where it is one of HTTP's error statuses.
    let status: Int?
    let reason: String
}

extension Mapping {
    /// What a 2xx body means that breaks a success rule; nil where it breaks none.
    /// - Throws: where a field that the rule needs is absent or of another type, and no code tells more: then the body is not an error, but
    ///   malformed.
    func innerMeaning(of body: JSONValue, now: WallTime) throws(MappingError) -> InnerMeaning? {
        for rule in success where !rule.holds(in: body, now: now) {
            // An error object where the field should be, or a code of another type, is an error all the same.
            if let meaning = meaningByCode(of: body, now: now) { return meaning }
            let value = rule.path.value(in: body) ?? .null
            guard !value.isNull else { throw MappingError(reason: rule.path.lack(in: body)) }
            let expectsNull = rule.allowed.contains(.null)
            guard expectsNull || rule.allowed.contains(where: { $0.typeName == value.typeName }) else {
                throw MappingError(reason: "\(rule.path.text) is \(value.typeName) where \(rule.expected) is expected")
            }
            let shown = rule.path.value(in: body)?.integer.map { "reports \($0)" } ?? "reports an error"
            return InnerMeaning(meaning: .failure(.upstreamError), status: nil, reason: "\(rule.path.text) \(shown)")
        }
        return nil
    }

    /// What the body's own code has been given for a meaning; nil where it has none or no code is there.
    func meaning(of body: JSONValue) -> AnswerMeaning? {
        for path in codes.paths {
            if let value = path.value(in: body), let meaning = codes.meanings[value] { return meaning }
        }
        return nil
    }

    /// The number of the body's code, for the log: what a definition's writer may want to give a meaning. A word is the upstream's own text.
    func shownCode(of body: JSONValue) -> String? {
        for path in codes.paths {
            if let number = path.value(in: body)?.integer { return "\(path.text) reports \(number)" }
        }
        return nil
    }

    /// The code that says of an error what its status means, for a body that is written in another one's shape; nil where `code` does.
    func code(inPlaceOf code: JSONValue, status: Int) -> JSONValue? {
        if let number = code.integer, (400...599).contains(number) { return number == status ? nil : .integer(status) }
        let wanted = meaning(ofStatus: status)
        guard let told = codes.meanings[code], told != wanted else { return nil }
        // Another of its kind with that meaning, else one that means nothing.
        switch code {
        case .string: return .string(codes.meanings.text(meaning: wanted) ?? "error")
        case .number: return .number(codes.meanings.number(meaning: wanted) ?? "9999")
        case .null, .bool, .array, .object: return nil
        }
    }

    private func meaningByCode(of body: JSONValue, now: WallTime) -> InnerMeaning? {
        for path in codes.paths {
            guard let value = path.value(in: body), !isSuccess(value, at: path) else { continue }
            let status = value.integer.flatMap { (400...599).contains($0) ? $0 : nil }
            guard let meaning = codes.meanings[value] ?? status.map({ self.meaning(ofStatus: $0) }) else { continue }
            let shown = value.integer.map { "\($0)" } ?? "an error"
            return InnerMeaning(meaning: meaning, status: status, reason: "\(path.text) reports \(shown)")
        }
        return nil
    }

    private func isSuccess(_ value: JSONValue, at path: ValuePath) -> Bool {
        success.contains { $0.path.steps == path.steps && $0.allowed.contains { $0.isSame(as: value) } }
    }

    /// The definition's word about a status, else what HTTP means by it.
    func meaning(ofStatus status: Int) -> AnswerMeaning { statuses[status] ?? .failure(Self.plainCode(ofStatus: status)) }

    /// The same where the body does not bear out that it is an answer: then it is a failure like any other.
    func failureCode(ofStatus status: Int) -> ProblemCode {
        if case .failure(let code)? = statuses[status] { return code }
        return Self.plainCode(ofStatus: status)
    }

    private static func plainCode(ofStatus status: Int) -> ProblemCode {
        switch status {
        case 401: .unauthorized
        case 403: .forbidden
        case 429: .rateLimited
        default: .upstreamError
        }
    }
}

extension Condition {
    /// For messages: `"true" (text)`.
    fileprivate var expected: String {
        allowed.map { value in
            switch value {
            case .string(let text): "the text \"\(text)\""
            case .number(let text): text
            case .bool(let flag): flag ? "true" : "false"
            case .null, .array, .object: "null"
            }
        }.joined(separator: " or ")
    }
}
