import BursarCatalog
import BursarMocks
import BursarModel
import NIOHTTP1
import Testing

/// Every file of the built-in folder on the whole way: mock → gateway → row and route. What a file states of its examples must come out to
/// the last digit; a file that is added is tried without a line here.
@Suite struct BuiltInWholeTests {
    /// A documented example as an account: the mock answers its key with that example.
    private struct Case {
        let definition: ProviderDefinition
        let example: ExampleOutcome
        let account: String
        let parameters: [String: String]

        init(_ definition: ProviderDefinition, _ example: ExampleOutcome) {
            self.definition = definition
            self.example = example
            account = example.name.replacing(" ", with: "-")
            parameters = definition.exampleContext.parameters
        }

        /// A line of `accounts:`.
        var line: String {
            var members = ["provider: \(definition.id)", "name: '\(account)'", "key: mock-example-\(account)"]
            if definition.auth.isPair { members.append("user: somebody") }
            let given = definition.accountParameters.compactMap { parameter in
                parameters[parameter.name].map { "\(parameter.name): '\($0)'" }
            }
            if !given.isEmpty { members.append("parameters: {\(given.joined(separator: ", "))}") }
            return members.joined(separator: ", ")
        }

        var route: String {
            "/providers/\(definition.id)@\(account)" + (definition.documentedPath(parameters: parameters) ?? definition.path)
        }

        var response: DocumentedResponse? { definition.responses.first { $0.key == example.name.prefix { $0 != " " } } }
    }

    private static let cases: [Case] = ((try? Catalog.builtIn().definitions) ?? []).flatMap { definition in
        definition.examples.map { Case(definition, $0) }
    }

    @Test func `each documented answer becomes the row that its file states, and goes out at its own route`() async throws {
        let cases = Self.cases
        #expect(cases.count > 200)
        #expect(Set(cases.map(\.definition.id)).count >= 90)
        let lines = cases.map(\.line)
        try await TestGateway.with(lines, settings: "defaults: {timeout: 60s, ttl: 1h}") { gateway async throws in
            let list = try await gateway.get("/v1/balances")
            let rows = try #require(list.json?["balances"]?.elements)
            try #require(rows.count == cases.count)
            for (row, tried) in zip(rows, cases) {
                let name = "\(tried.definition.id) \(tried.example.name)"
                #expect(row["provider"]?.text == tried.definition.id.name)
                guard case .reading = tried.example.evaluation else {
                    #expect(row["problem"]?["code"]?.text == tried.example.expected?.first, "\(name)")
                    #expect(row["available"] == .null && row["amounts"] == [], "\(name)")
                    continue
                }
                #expect(row["problem"] == .null, "\(name)")
                #expect(Self.lines(of: row, tried.example.expected ?? []) == tried.example.expected, "\(name)")
            }
            for tried in cases { try await checkRoute(of: tried, gateway) }
        }
    }

    /// The row's figures as `expect` writes them. A row also says that a debt is low, where the provider says nothing.
    private static func lines(of row: JSONValue, _ expected: [String]) -> [String] {
        var lines = (row["amounts"]?.elements ?? []).map { amount in
            let text = { (name: String) in amount[name]?.text ?? "?" }
            var line = "\(text("kind")) \(text("value")) \(text("unit"))"
            if let part = amount["part"]?.text { line += " part \(part)" }
            if let time = amount["resets_at"]?.text { line += " resets \(time)" }
            if let time = amount["expires_at"]?.text { line += " expires \(time)" }
            return line
        }
        let isDebt = row["available"]?.text?.hasPrefix("-") == true
        if let low = row["low"]?.boolean, !isDebt || expected.contains(where: { $0.hasPrefix("low") }) {
            lines.append("low \(low)")
        }
        if let time = row["as_of"]?.text { lines.append("as_of \(time)") }
        return lines
    }

    /// The provider's own bytes, but for what is private; an error in the documented form, with its status.
    private func checkRoute(of tried: Case, _ gateway: TestGateway) async throws {
        let name = "\(tried.definition.id) \(tried.example.name)"
        let answer = try await gateway.get(tried.route)
        switch tried.example.evaluation {
        case .reading(let reading):
            #expect(answer.status == tried.example.status, "\(name)")
            #expect(answer.bytes == reading.reply.body, "\(name)")
        case .failure(let failure):
            #expect(answer.status >= 400, "\(name)")
            guard failure.documented, failure.effectiveStatus >= 400 else { return }
            #expect(answer.status == failure.effectiveStatus, "\(name)")
            #expect(answer.bytes == tried.example.body, "\(name)")
        }
    }

    @Test func `a mock takes the key in the documented place and in no other`() async throws {
        try await TestGateway.with([]) { gateway async throws in
            let definitions = try Catalog.builtIn().definitions
            for definition in definitions {
                let account = definition.exampleContext.parameters
                let path = definition.documentedPath(parameters: account) ?? definition.path
                let secret = Secret(definition.auth.isPair ? "somebody:mock-ok" : "mock-ok")
                var headers = [(definition.auth.displayName, try #require(definition.auth.headerValue(for: secret)))]
                if let second = definition.auth.secondHeader {
                    headers.append((second, definition.auth.secondValue(for: secret) ?? ""))
                }
                let url = gateway.mocks.baseURL(for: definition.id.name) + path
                let good = try await gateway.ask(url, method: definition.method.rawValue, headers)
                #expect((200..<300).contains(good.status), "\(definition.id)")
                #expect(good.headers.first(name: "bursar-mock") == "ok", "\(definition.id)")
                for wrong in [[], [("x-some-key", "mock-ok")]] {
                    let refused = try await gateway.ask(url, method: definition.method.rawValue, wrong)
                    #expect(refused.headers.first(name: "bursar-mock") == "unauthenticated", "\(definition.id)")
                    let evaluation = definition.evaluate(
                        status: refused.status, contentType: refused.headers.first(name: "content-type"), body: refused.bytes)
                    guard case .failure(let failure) = evaluation else {
                        Issue.record("\(definition.id): a reading without a credential")
                        continue
                    }
                    #expect([.unauthorized, .forbidden].contains(failure.code), "\(definition.id)")
                }
            }
        }
    }
}
