package import BursarModel

/// What is needed to judge an answer: the schemas by status, and the mapping. *Value.*
struct ResponsePlan: Sendable {
    /// A documented response, compiled. *Value.*
    struct Response: Sendable {
        enum Key: Sendable, Hashable {
            case status(Int)
            /// `4XX` is 4.
            case range(Int)
            case `default`
        }

        let key: Key
        let mediaType: String?
        let schema: Schema.Index?
        /// Parsed, for errors in this shape.
        let example: JSONValue?
    }

    var table = SchemaTable()
    var responses: [Response] = []
    var mapping = Mapping()
    /// Of ``mapping``.
    var used = UsedPaths()

    /// The most particular documentation of a status, as OpenAPI has it.
    func response(for status: Int) -> Response? {
        responses.first { $0.key == .status(status) } ?? responses.first { $0.key == .range(status / 100) }
            ?? responses.first { $0.key == .default }
    }

    /// Whether `body` may be the provider's own word about `status`: by its schema, else by being an object.
    private func isBorneOut(_ body: JSONValue, for status: Int) -> Bool {
        response(for: status)?.schema == nil ? body.object != nil : isDocumented(body, for: status)
    }

    private func isDocumented(_ body: JSONValue, for status: Int) -> Bool {
        guard let schema = response(for: status)?.schema else { return false }
        do throws(SchemaMismatch) {
            try SchemaValidator.check(body, against: schema, in: table)
            return true
        } catch {
            return false
        }
    }
}

extension ResponsePlan {
    func evaluate(_ reply: UpstreamReply, _ context: ReadingContext) -> Evaluation {
        let body = Result { () throws(JSONError) in try JSONReader.read(reply.body.withoutByteOrderMark) }
        return (200..<300).contains(reply.status)
            ? evaluate(success: reply, body, context) : evaluate(error: reply, body)
    }

    private func evaluate(error reply: UpstreamReply, _ body: Result<JSONValue, JSONError>) -> Evaluation {
        let status = reply.status
        func failure(_ code: ProblemCode, _ reason: String, documented: Bool = false) -> Evaluation {
            .failure(EvaluatedFailure(code: code, upstreamStatus: status, reason: reason, documented: documented))
        }
        let value = try? body.get()
        let documented = value.map { isDocumented($0, for: status) } ?? false
        let told = value.flatMap { mapping.meaning(of: $0) }
        let meaning = told ?? mapping.meaning(ofStatus: status)
        if case .failure(let code) = meaning {
            // A rejected key withdraws the reading, so the word must be the provider's: a challenge of what stands before it, or of a
            // proxy on the way, has the same status and another form.
            if told == nil, code.withholdsStale, !documented, !isPlausible(value, reply) {
                return failure(.upstreamError, "status \(status) in a form that is not the provider's")
            }
            let shown = told == nil ? value.flatMap { mapping.shownCode(of: $0) }.map { ", \($0)" } ?? "" : ""
            return failure(code, "status \(status)\(shown)", documented: documented)
        }
        // An answer with an error's status: only in a body that is the provider's own word.
        if let value, told != nil || isBorneOut(value, for: status),
            let reading = mapping.reading(meaning: meaning, reply: withoutPrivate(reply, value))
        {
            return .reading(reading)
        }
        return failure(mapping.failureCode(ofStatus: status), "status \(status)", documented: documented)
    }

    /// Whether an answer that satisfies no schema can be the provider's own: none is documented for its status, `default` aside, and it
    /// is JSON, or empty where the status is documented without a body.
    private func isPlausible(_ value: JSONValue?, _ reply: UpstreamReply) -> Bool {
        guard let response = response(for: reply.status) else { return value != nil }
        guard response.schema == nil || response.key == .default else { return false }
        return value != nil || (response.schema == nil && reply.body.isEmpty)
    }

    /// The body's own error comes before the schema: an error body never has the shape of a success.
    private func evaluate(
        success reply: UpstreamReply, _ body: Result<JSONValue, JSONError>, _ context: ReadingContext
    ) -> Evaluation {
        func malformed(_ reason: String) -> Evaluation {
            .failure(EvaluatedFailure(code: .invalidResponse, upstreamStatus: reply.status, reason: reason))
        }
        let value: JSONValue
        switch body {
        case .success(let body): value = body
        case .failure(let error): return malformed("the body is \(error.reason.isRefusal ? "refused" : "not JSON"): \(error)")
        }
        let own = withoutPrivate(reply, value)
        do throws(MappingError) {
            if let inner = try mapping.innerMeaning(of: value, now: context.now) {
                return evaluate(inner, of: value, own)
            }
            guard let response = response(for: reply.status), let schema = response.schema else {
                return malformed("status \(reply.status) is not documented")
            }
            let drift: [String]
            do throws(SchemaMismatch) {
                drift = try SchemaValidator.drift(of: value, from: schema, in: table, reading: used)
            } catch {
                return malformed(error.description)
            }
            return .reading(try mapping.reading(of: value, reply: own, context, drift: drift))
        } catch {
            return malformed(error.reason)
        }
    }

    private func evaluate(_ inner: InnerMeaning, of body: JSONValue, _ reply: UpstreamReply) -> Evaluation {
        if let reading = mapping.reading(meaning: inner.meaning, reply: reply) { return .reading(reading) }
        guard case .failure(let code) = inner.meaning else {
            return .reading(Reading(amounts: [], providerSaysLow: nil, asOf: nil, reply: reply))
        }
        return .failure(
            EvaluatedFailure(
                code: code, upstreamStatus: reply.status, carriedStatus: inner.status, reason: inner.reason,
                documented: inner.status.map { isDocumented(body, for: $0) } ?? false))
    }

    /// What is kept and shown: without private fields, else byte for byte.
    private func withoutPrivate(_ reply: UpstreamReply, _ body: JSONValue) -> UpstreamReply {
        guard let struckOut = PrivateFields.struckOut(of: body, at: mapping.privatePaths) else { return reply }
        return UpstreamReply(status: reply.status, contentType: reply.contentType, body: JSONWriter.compact(struckOut))
    }

    /// The documented example of an error with other words in it.
    func errorReply(status: Int, message: String) -> UpstreamReply? {
        guard !(200..<300).contains(status), let response = response(for: status), let schema = response.schema else {
            return nil
        }
        let shape = response.example ?? .object(JSONObject())
        guard let path = mapping.messages.first(where: { $0.value(in: shape)?.text != nil }) ?? mapping.messages.first,
            var body = shape.replacing(path.steps[...], with: .string(message), creating: response.example == nil)
        else { return nil }
        // A range has one example for many statuses: its code is the wrong one for all but one of them.
        for path in mapping.codes.paths {
            guard let code = path.value(in: body), let right = mapping.code(inPlaceOf: code, status: status) else { continue }
            body = body.replacing(path.steps[...], with: right, creating: false) ?? body
        }
        do throws(SchemaMismatch) {
            try SchemaValidator.check(body, against: schema, in: table)
        } catch {
            return nil
        }
        return UpstreamReply(
            status: status, contentType: response.mediaType, body: JSONWriter.compact(body))
    }
}

extension ProviderDefinition {
    /// Judges an answer. Any thread; no I/O; never traps, whatever the body is.
    package func evaluate(status: Int, contentType: String?, body: [UInt8], _ context: ReadingContext) -> Evaluation {
        plan.evaluate(reply(status: status, contentType: contentType, body: body), context.with(defaults: parameterDefaults))
    }

    /// An answer of the provider as it may be handed on: called what it calls itself where that is JSON, else as it is documented.
    package func reply(status: Int, contentType: String?, body: [UInt8]) -> UpstreamReply {
        UpstreamReply(
            status: status, contentType: JSONMediaType.accepted(contentType) ?? plan.response(for: status)?.mediaType, body: body)
    }

    /// The same for an account without parameters, at a time that no example depends on.
    package func evaluate(status: Int, contentType: String?, body: [UInt8]) -> Evaluation {
        evaluate(status: status, contentType: contentType, body: body, exampleContext)
    }

    /// Bursar's own `message` in the shape that is documented for `status`; nil where none is.
    package func errorReply(status: Int, message: String) -> UpstreamReply? { plan.errorReply(status: status, message: message) }
}

extension [UInt8] {
    /// JSON may not begin with one, and some programs write it all the same (RFC 8259, 8.1: a reader may ignore it).
    var withoutByteOrderMark: [UInt8] { starts(with: [0xEF, 0xBB, 0xBF]) ? Array(dropFirst(3)) : self }
}

extension JSONValue {
    /// A copy with another value at the path; nil where the path leads nowhere.
    /// - Parameter creating: whether missing members are made.
    func replacing(_ steps: ArraySlice<ValuePath.Step>, with value: JSONValue, creating: Bool) -> JSONValue? {
        guard let step = steps.first else { return value }
        switch (step, self) {
        case (.key(let key), .object(var object)):
            guard let member = object[key] ?? (creating ? .object(JSONObject()) : nil),
                let replaced = member.replacing(steps.dropFirst(), with: value, creating: creating)
            else { return nil }
            object[key] = replaced
            return .object(object)
        case (.index(let index), .array(var elements)):
            guard elements.indices.contains(index),
                let replaced = elements[index].replacing(steps.dropFirst(), with: value, creating: creating)
            else { return nil }
            elements[index] = replaced
            return .array(elements)
        default: return nil
        }
    }
}
