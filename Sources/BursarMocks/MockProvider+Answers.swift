internal import BursarModel

/// What a scenario sends, made from the definition's documented examples. Pure: the same turn gives the same answer, `now` is
/// an argument, and no state is kept here.
extension MockProvider {
    /// What a scenario may use of the call it answers. *Value.*
    struct Call {
        let turn: MockLedger.Turn
        /// The caller's key; only ``MockScenario/echoKey(status:)`` puts it anywhere.
        let key: Secret
        let now: WallTime
    }

    func answer(_ call: Call) -> MockAnswer {
        var answer = unlabelled(call)
        answer.headers.append(.init("Bursar-Mock", call.turn.scenario.description))
        return answer
    }

    private func unlabelled(_ call: Call) -> MockAnswer {
        let number = max(1, call.turn.number)
        switch call.turn.scenario {
        case .ok: return documentedSuccess
        case .okWith(let status):
            var answer = documentedSuccess
            answer.status = MockScenario.isSuccessWithBody(status) ? status : 200
            return answer
        case .depleted: return withAmount(exampleAmount?.zeroAtSameScale, raisingLowFlag: true)
        case .low: return withAmount(exampleAmount?.atSameScale(ExactDecimal(1)), raisingLowFlag: true)
        case .balance(let text): return withNumber(self.number(for: text))
        case .drift: return withAmount(exampleAmount.map { $0.falling(by: $0.fraction(of: 100), steps: number - 1) })
        case .topUp: return withAmount(exampleAmount.map { $0.falling(by: $0.fraction(of: 10), steps: (number - 1) % 5) })
        case .bigNumber: return withNumber(longestNumber)
        case .example(let name): return example(name)
        case .status(let status): return failure((400...599).contains(status) ? status : 500)
        case .rateLimited(let hint): return rateLimited(hint, now: call.now)
        case .unavailable(let seconds): return failure(503).adding("Retry-After", "\(seconds)")
        case .errorInside200(let code): return errorInsideSuccess(code: code)
        case .flaky(let every): return number % max(1, every) == 0 ? failure(500) : documentedSuccess
        case .slow(let duration):
            var answer = documentedSuccess
            answer.delay = max(.zero, duration)
            return answer
        case .hang: return documentedSuccess.ending(.hang)
        case .reset: return documentedSuccess.ending(.reset)
        case .truncated: return documentedSuccess.ending(.truncated(after: success.body.count / 2))
        case .stalled: return documentedSuccess.ending(.stalled(after: success.body.count / 2))
        case .drip(let interval): return documentedSuccess.ending(.dripped(bytes: 16, every: max(.zero, interval)))
        case .truncatedJSON: return withBody(Array(success.body.prefix(success.body.count / 2)))
        case .html: return htmlPage
        case .wrongTypes: return wrongTypes
        case .duplicateKeys: return duplicateKeys
        case .huge: return withBody([UInt8](repeating: 0x20, count: 2_097_152) + success.body)
        case .gzip: return withBody(MockGzip.compressed(success.body)).adding("Content-Encoding", "gzip")
        case .gzipBomb: return withBody(MockGzip.bomb).adding("Content-Encoding", "gzip")
        case .badGzip: return withBody(MockGzip.broken).adding("Content-Encoding", "gzip")
        case .redirect: return redirect
        case .echoKey(let status): return echo(call.key, status: status)
        }
    }

    /// What a caller without a key, or with one in another form than the documented, gets: the documented 401, or the other status that
    /// is documented for a key that is missing or wrong.
    func unauthenticated() -> MockAnswer {
        let others = [400, 403].filter { status in
            failures[status].flatMap { failureCode($0) }.map { [.unauthorized, .forbidden].contains($0) } ?? false
        }
        let status = failures[401] == nil ? others.first ?? 401 : 401
        return failure(status).adding("Bursar-Mock", "unauthenticated")
    }

    private func example(_ name: String) -> MockAnswer {
        guard let reply = examples.first(where: { $0.name == name })?.reply else {
            return .problem(
                400, "unknown_example", title: "No example has this name",
                detail: "What \(self.name) documents is in `examples`.",
                extra: [("examples", JSONText.array(examples.map { JSONText.string($0.name) }))])
        }
        var answer = MockAnswer(status: reply.status, contentType: reply.contentType, body: reply.body)
        if reply.status == 401, let challenge = auth.challenge { answer.headers.append(.init("WWW-Authenticate", challenge)) }
        return answer
    }
}

// MARK: - Successes

extension MockProvider {
    var documentedSuccess: MockAnswer {
        MockAnswer(status: success.status, contentType: success.contentType, body: success.body)
    }

    private func withBody(_ body: [UInt8]) -> MockAnswer {
        var answer = documentedSuccess
        answer.body = body
        return answer
    }

    private func withAmount(_ amount: ExactDecimal?, raisingLowFlag: Bool = false) -> MockAnswer {
        guard let amount else { return withoutAmount }
        return withNumber(number(for: amount.description), of: amount, raisingLowFlag: raisingLowFlag)
    }

    /// - Parameter amount: what the number comes to, where the total is to follow it.
    private func withNumber(_ number: String, of amount: ExactDecimal? = nil, raisingLowFlag: Bool = false) -> MockAnswer {
        guard let amountPath, var text = ExampleText(success.body).replacingNumber(at: amountPath, by: number) else {
            return withoutAmount
        }
        if let amount { text = withTotal(text, firstAmount: amount) }
        // Which way the flag has to point, the definition knows: some say `is_available`.
        if raisingLowFlag, let lowFlagPath, reading(of: text.bytes)?.providerSaysLow == false,
            let turned = text.turningFlag(at: lowFlagPath)
        {
            text = turned
        }
        return withBody(text.bytes)
    }

    /// A definition whose example shows no amount cannot be changed: better said than answered with the wrong number.
    private var withoutAmount: MockAnswer {
        .problem(
            501, "scenario_impossible", title: "This scenario needs a number in the example",
            detail: "The definition of \(name) has no example with its first amount in it.")
    }

    /// The longest of a few numbers that the definition reads back unchanged. The first has 38 digits, as many as an amount
    /// may have; 2⁵³ + 1 is the first whole number that a binary double cannot hold.
    private var longestNumber: String {
        let candidates = [
            "12345678901234567890123456789.123456789", "12345678901234567890.123456789012345678", "9007199254740993.01",
            "9007199254740993", "9999999999.9999", "99999999.99", "99999999"
        ]
        let fitting = candidates.first { text in
            guard let amountPath, let changed = ExampleText(success.body).replacingNumber(at: amountPath, by: text) else {
                return false
            }
            return reading(of: changed.bytes) != nil
        }
        return fitting ?? "99999999"
    }
}

// MARK: - Successes that are none

extension MockProvider {
    private var htmlPage: MockAnswer {
        let page = "<!DOCTYPE html>\n<html><head><title>Maintenance</title></head><body><h1>Back soon</h1></body></html>\n"
        return MockAnswer(status: 200, contentType: "text/html; charset=utf-8", body: Array(page.utf8))
    }

    private var wrongTypes: MockAnswer {
        guard let amountPath, let text = ExampleText(success.body).replacing(at: amountPath, by: "true") else {
            return withBody(Array("[true]".utf8))
        }
        return withBody(text.bytes)
    }

    private var duplicateKeys: MockAnswer {
        guard let amountPath, let text = ExampleText(success.body).duplicatingMember(at: amountPath, number: "999999") else {
            return withoutAmount
        }
        return withBody(text.bytes)
    }

    /// To a path of this server: whoever follows has carried the key along, and `GET /_mock` counts it.
    private var redirect: MockAnswer {
        var answer = MockAnswer.text("Found\n", status: 302)
        answer.headers.append(.init("Location", "/_mock/redirected/\(name)"))
        return answer
    }

    /// The envelope's code where the definition demands one, else a documented error body: what such a provider would send.
    private func errorInsideSuccess(code: Int?) -> MockAnswer {
        if code == nil, let refusal = refusals.first { return withBody(refusal.body) }
        let code = code ?? 503
        if let envelopeCodePath, let text = ExampleText(success.body).replacingNumber(at: envelopeCodePath, by: "\(code)") {
            return withBody(text.bytes)
        }
        let message = MockAnswer.phrase((400...599).contains(code) ? code : 500)
        let documented = failures.sorted { $0.key < $1.key }.map(\.value)
        let turned = envelopeFlagPath.flatMap { ExampleText(success.body).turningFlag(at: $0) }
            .map { UpstreamReply(status: success.status, contentType: success.contentType, body: $0.bytes) }
        let candidates =
            [failures[code], errorReply(code, message)].compactMap(\.self) + documented + refusals + [turned].compactMap(\.self)
        // In the provider's own envelope, where one of them has it: anything else would only be a malformed success.
        let fitting = candidates.first { reply in
            let code = failureCode(UpstreamReply(status: success.status, contentType: success.contentType, body: reply.body))
            return code != nil && code != .invalidResponse
        }
        if let reply = fitting ?? candidates.first { return withBody(reply.body) }
        return withBody(Array(JSONText.object([("error", JSONText.string(message))]).utf8))
    }
}

// MARK: - Errors

extension MockProvider {
    /// The documented example, else `message` in the documented shape, else plain text: a provider that documents nothing
    /// for a status may send anything, and clients must cope.
    /// - Parameter message: replaces the example's own words.
    func failure(_ status: Int, message: String? = nil) -> MockAnswer {
        var answer: MockAnswer
        if message == nil, let example = failures[status] {
            answer = MockAnswer(status: status, contentType: example.contentType, body: example.body)
        } else if let reply = errorReply(status, message ?? MockAnswer.phrase(status)), agrees(reply, withStatus: status) {
            answer = MockAnswer(status: status, contentType: reply.contentType, body: reply.body)
        } else {
            let words = message ?? MockAnswer.phrase(status)
            // A rejected key is believed in JSON only, where nothing is documented.
            answer =
                [401, 403].contains(status)
                ? MockAnswer(
                    status: status, contentType: "application/json",
                    body: Array(JSONText.object([("error", JSONText.string(words))]).utf8))
                : .text(words + "\n", status: status)
        }
        if status == 401, let challenge = auth.challenge { answer.headers.append(.init("WWW-Authenticate", challenge)) }
        return answer
    }

    /// Whether the definition takes `reply` for what it takes the status alone for. A documented body for any error may hold a
    /// code of one of them, and a 429 that says "wrong key" in it would be another scenario.
    private func agrees(_ reply: UpstreamReply, withStatus status: Int) -> Bool {
        let code = failureCode(reply)
        let alone = failureCode(UpstreamReply(status: status, contentType: "text/plain", body: []))
        // A 401 or 403 without its documented body does not count as one.
        return code == alone || (status == 401 && code == .unauthorized) || (status == 403 && code == .forbidden)
    }

    /// The words tell no wait except in ``RateLimitHint/text(seconds:)``: an example that says "in 30 seconds" beside a header
    /// with 3 would test something else.
    private func rateLimited(_ hint: RateLimitHint, now: WallTime) -> MockAnswer {
        let bare = "Request was throttled."
        switch hint {
        case .none:
            return failure(429, message: bare)
        case .seconds(let seconds):
            return failure(429, message: bare).adding("Retry-After", "\(seconds)")
        case .malformed(let text):
            return failure(429, message: bare).adding("Retry-After", text)
        case .date(let ahead):
            // Whole seconds, as Date has them, so that the difference of the two is exact.
            let second = WallTime(seconds: now.milliseconds / 1_000)
            return failure(429, message: bare).adding("Retry-After", second.advanced(by: .seconds(ahead)).httpDate)
        case .text(let seconds):
            let unit = seconds == 1 ? "second" : "seconds"
            return failure(429, message: "\(bare) Expected available in \(seconds) \(unit).")
        case .rateLimitField(let seconds):
            return failure(429, message: bare).adding("RateLimit", "\"default\";r=0;t=\(seconds)")
                .adding("RateLimit-Policy", "\"default\";q=60;w=60")
        }
    }

    private func echo(_ key: Secret, status: Int?) -> MockAnswer {
        let forms = EchoedKey(key)
        guard let status else {
            let echoed = ExampleText(success.body).insertingMember("echo", value: forms.json)
            return withBody(echoed?.bytes ?? success.body).adding("X-Echo-Key", forms.plain)
        }
        let known = (400...599).contains(status) ? status : 500
        return failure(known, message: forms.sentence).adding("X-Echo-Key", forms.plain)
    }
}

extension MockAnswer {
    fileprivate func adding(_ name: String, _ value: String) -> MockAnswer {
        var copy = self
        copy.headers.append(.init(name, value))
        return copy
    }

    fileprivate func ending(_ ending: Ending) -> MockAnswer {
        var copy = self
        copy.ending = ending
        return copy
    }
}
