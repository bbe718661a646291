import BursarBasics
internal import BursarModel

/// A request to the mocks, as far as they look at it. *Value.*
struct MockRequest {
    var method: String
    /// Without the query.
    var path: String
    /// The value of a header field by its lower-case name; nil where it was not sent.
    var header: @Sendable (_ name: String) -> String?
    var body: [UInt8] = []
}

/// Decides what answers a request: the providers, and the ledger of what they were asked. *Value*; its owner keeps it behind a
/// `Mutex` and makes the answer outside of it.
struct MockDesk: Sendable {
    /// What is left to do once the ledger is written.
    enum Step {
        case answer(MockAnswer)
        case call(MockProvider, MockProvider.Call)

        func made() -> MockAnswer {
            switch self {
            case .answer(let answer): answer
            case .call(let provider, let call): provider.answer(call)
            }
        }
    }

    let shelf: MockShelf
    private(set) var ledger: MockLedger

    init(providers: [MockProvider]) { self.init(MockShelf(providers)) }

    init(_ shelf: MockShelf) {
        self.shelf = shelf
        ledger = MockLedger(providers: shelf.names)
    }

    mutating func handle(_ request: MockRequest, now: WallTime) -> Step {
        let segments = request.path.split(separator: "/", omittingEmptySubsequences: false).dropFirst()
        if segments.first == "_mock" { return .answer(control(request, rest: Array(segments.dropFirst()))) }
        guard let name = segments.first, let provider = provider(named: name),
            provider.serves(request.path.dropFirst(name.utf8.count + 1))
        else { return .answer(nothingThere(request.path)) }
        guard provider.methods.contains(request.method) else {
            return .answer(.methodNotAllowed(provider.methods.joined(separator: ", ")))
        }

        let second = provider.auth.secondHeaderName.flatMap { request.header($0.lowercased()) }
        guard let sent = request.header(provider.auth.headerName.lowercased()), let key = provider.auth.credential(sent, second)
        else {
            ledger.calledWithoutCredential(provider.name)
            return .answer(provider.unauthenticated())
        }
        let choice = KeyChoice(key, isPair: provider.auth.isPair)
        if case .unknown(let name) = choice {
            ledger.calledWithoutCredential(provider.name)
            return .answer(.unknownScenario(name))
        }
        let turn = ledger.called(provider.name, key: key.fingerprint, named: choice.scenario)
        return .call(provider, MockProvider.Call(turn: turn, key: key, now: now))
    }

    mutating func set(_ scenario: MockScenario?, times: Int?, for provider: String) {
        ledger.set(scenario, times: times, for: provider)
    }

    mutating func resetAll() { ledger.resetAll() }

    func provider(named name: some StringProtocol) -> MockProvider? { shelf[String(name)] }

    static func isRead(_ method: String) -> Bool { method == "GET" || method == "HEAD" }

    private func nothingThere(_ path: String) -> MockAnswer {
        let paths = shelf.paths(near: path) + ["/_mock", "/_mock/{provider}"]
        return .problem(
            404, "not_found", title: "No mock answers here",
            detail: "What exists is in `paths`. A trailing slash belongs to a path.",
            extra: [("paths", JSONText.array(paths.map { JSONText.string($0) }))])
    }
}

// MARK: - Control

extension MockDesk {
    /// `/_mock`, `/_mock/{provider}` and `/_mock/redirected/{provider}`.
    private mutating func control(_ request: MockRequest, rest: [Substring]) -> MockAnswer {
        switch (rest.count, rest.first) {
        case (0, _):
            if Self.isRead(request.method) { return .json(report) }
            guard request.method == "DELETE" else { return .methodNotAllowed("GET, HEAD, DELETE") }
            ledger.resetAll()
            return .json(report)
        case (2, "redirected"?):
            guard let provider = provider(named: rest[1]) else { return nothingThere(request.path) }
            ledger.redirectFollowed(provider.name)
            return provider.documentedSuccess
        case (1, let name?):
            guard let provider = provider(named: name) else { return nothingThere(request.path) }
            return control(request, of: provider)
        default:
            return nothingThere(request.path)
        }
    }

    private mutating func control(_ request: MockRequest, of provider: MockProvider) -> MockAnswer {
        switch request.method {
        case "GET", "HEAD": break
        case "DELETE": ledger.set(nil, times: nil, for: provider.name)
        case "PUT":
            do throws(ScenarioOrder.Failure) {
                let order = try ScenarioOrder.read(request.body)
                ledger.set(order.scenario, times: order.times, for: provider.name)
            } catch {
                return .refused(error)
            }
        default: return .methodNotAllowed("GET, HEAD, PUT, DELETE")
        }
        return .json(report(of: provider))
    }
}

/// Which scenario a key names. *Value.*
private enum KeyChoice {
    case named(MockScenario)
    /// A key that does not begin with `mock-`: what is set for the provider answers.
    case none
    case unknown(String)

    var scenario: MockScenario? {
        if case .named(let scenario) = self { scenario } else { nil }
    }

    /// `mock-ok` and `mock-ok~alice` both name `ok`: what follows the tilde only makes keys differ. Of a pair the password names it,
    /// because the user is often an account's number; else the user.
    init(_ key: Secret, isPair: Bool) {
        let text = key.withExposedBytes { String(decoding: $0, as: UTF8.self) }
        var parts = [text[...]]
        if isPair, let colon = text.firstIndex(of: ":") { parts = [text[text.index(after: colon)...], text[..<colon]] }
        guard let chosen = parts.first(where: { $0.hasPrefix("mock-") }) else {
            self = .none
            return
        }
        let name = chosen.dropFirst(5).prefix { $0 != "~" && $0 != ":" }
        // Only what has the form of a name is told back; anything else may be somebody's key.
        let isPlausible =
            name.utf8.count <= MockScenario.longestName
            && name.utf8.allSatisfy { $0.isASCIILetter || $0.isASCIIDigit || $0 == 0x2D || $0 == 0x2E }
        self = MockScenario(name).map { .named($0) } ?? .unknown(isPlausible ? String(name) : "")
    }
}

extension MockAnswer {
    static func methodNotAllowed(_ allowed: String) -> MockAnswer {
        var answer = problem(405, "method_not_allowed", title: "Method not allowed", detail: "Allowed here: \(allowed).")
        answer.headers.append(Field("Allow", allowed))
        return answer
    }

    /// 400: a test that misspells a scenario must fail where it is misspelt, not pass with `ok`.
    static func unknownScenario(_ name: String) -> MockAnswer {
        problem(
            400, "unknown_scenario", title: "No scenario has this name",
            detail: name.isEmpty ? "What exists is in `scenarios`." : "\"\(name)\" is none; what exists is in `scenarios`.",
            extra: [scenarios])
    }

    fileprivate static func refused(_ failure: ScenarioOrder.Failure) -> MockAnswer {
        switch failure {
        case .unknownScenario(let name): unknownScenario(name)
        case .malformed(let reason):
            problem(400, "invalid_request", title: "The order cannot be read", detail: reason, extra: [scenarios])
        }
    }

    static var scenarios: (name: String, value: String) {
        ("scenarios", JSONText.array(MockScenario.all.map { JSONText.string($0.name) }))
    }
}
