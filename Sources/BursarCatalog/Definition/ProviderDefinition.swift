import BursarBasics
package import BursarModel

/// A provider as data, compiled: what to ask, what an answer must be, what it says. *Value.*
package struct ProviderDefinition: Sendable {
    package enum Method: String, Sendable {
        case get = "GET"
        case post = "POST"
    }

    package let id: ProviderID
    /// Where the file says it.
    let idMark: TextMark
    /// For people: `Acme Cloud`.
    package let title: String
    package let links: ProviderLinks
    package let provenance: Provenance
    /// One line that an operator must know: what kind of key it takes.
    package let note: String?
    package let server: ServerTemplate
    /// The documented path with the server's own part: `/v1/{team}/balance`. A trailing slash belongs to it.
    package let path: String
    package let method: Method
    /// Sent with a POST, as JSON; the same for everyone.
    package let body: [UInt8]?
    /// Pairs of the query, in order.
    let query: [RequestTemplate]
    package let auth: AuthPlan
    /// Sent with every request; names are lowercased.
    let headers: [(name: String, value: RequestTemplate)]
    /// The first that is set makes an account where no file is given.
    package let environmentVariables: [String]
    /// The units its amounts may have, as far as they are known beforehand.
    package let unitNames: [String]
    /// Whether an answer may have others.
    package let tellsOtherUnits: Bool
    /// What Bursar may take of a documented limit; nil where none is documented.
    package let budget: CallLimit?
    /// How long a reading is good, where the provider documents it.
    package let ttl: Duration?
    /// The names in braces in ``path``: each account gives their values.
    package let parameters: [String]
    /// All that an account may give: of the path, the server, the query, headers and units.
    package let accountParameters: [AccountParameter]
    /// In the order of the document.
    package let responses: [DocumentedResponse]
    /// The document as written, `x-bursar` included.
    package let openAPI: JSONValue
    /// For the mocks, which change numbers of the example.
    package let places: ExamplePlaces
    /// What each example comes to.
    package let examples: [ExampleOutcome]

    let plan: ResponsePlan

    package var documentationURL: String? { links.documentation }
    /// `https://api.example.com`: scheme, host and port, no path. With values that accounts give, the documented ones stand in it, else their
    /// names in braces.
    package var origin: String { server.origin(parameters: [:]) ?? server.text }

    /// The same for one account; nil where a value is missing or not among the documented ones.
    package func origin(parameters: [String: String]) -> String? { server.origin(parameters: parameters) }

    package var parameterDefaults: [String: String] {
        Dictionary(accountParameters.compactMap { parameter in parameter.standard.map { (parameter.name, $0) } }) { first, _ in
            first
        }
    }
}

/// A value that a definition takes from an account. *Value.*
package struct AccountParameter: Sendable, Hashable {
    package let name: String
    package var isRequired: Bool
    /// What it is where the account says nothing.
    package var standard: String?
    /// The documented values; empty where any will do.
    package var allowed: [String] = []
}

/// What an example of a definition comes to. *Value.*
package struct ExampleOutcome: Sendable {
    /// `200`, or `200 full` where a response has several.
    package let name: String
    package let status: Int
    package let body: [UInt8]
    package let evaluation: Evaluation
    /// What the file says that it comes to; nil where it says nothing.
    package let expected: [String]?
    let mark: TextMark

    /// The lines of `expect`.
    package var lines: [String] { evaluation.lines }
}

/// So many calls in so much time. *Value.*
package struct CallLimit: Sendable, Hashable {
    package let calls: Int
    package let window: Duration

    package init(calls: Int, window: Duration) {
        self.calls = calls
        self.window = window
    }
}

/// One documented response. *Value.*
package struct DocumentedResponse: Sendable {
    /// Nil for a range or `default`.
    package let status: Int?
    /// As documented: `200`, `4XX`, `default`.
    package let key: String
    package let description: String
    /// Nil where no content is documented.
    package let mediaType: String?
    /// As in the document, its `$ref`s too.
    package let schema: JSONValue?
    /// Compact JSON in the document's order of members; the first is the one to serve.
    package let examples: [[UInt8]]

    package var example: [UInt8]? { examples.first }
}

/// Where things stand in the success example. *Value.*
package struct ExamplePlaces: Sendable, Hashable {
    package enum Step: Sendable, Hashable {
        case key(String)
        case index(Int)
    }

    /// The number that the first amount is read from; the first of them where it is computed from several.
    package let firstAmount: [Step]?
    /// The provider's own word on a low balance.
    package let lowFlag: [Step]?
    /// The number that a success must have, such as `code`.
    package let code: [Step]?
    /// The boolean that it must have, such as `success`.
    package let flag: [Step]?

    static let none = ExamplePlaces(firstAmount: nil, lowFlag: nil, code: nil, flag: nil)
}

/// A request without its credential. *Value.*
package struct PlannedRequest: Sendable {
    /// Path and query: what stands behind the base URL.
    package let target: String
    /// Names in lower case.
    package let headers: [(name: String, value: String)]
    package let method: ProviderDefinition.Method
    package let body: [UInt8]?
}

extension ProviderDefinition {
    /// Nil where a parameter is missing.
    package func request(_ values: CallValues) -> PlannedRequest? {
        var values = values
        values.parameters.merge(parameterDefaults) { given, _ in given }
        guard var target = documentedPath(parameters: values.parameters) else { return nil }
        var pairs: [String] = []
        for template in query {
            switch template.filled(values, isEncoded: true) {
            case .text(let text): pairs.append(text)
            case .leftOut: continue
            case .lacking: return nil
            }
        }
        if !pairs.isEmpty { target += "?" + pairs.joined(separator: "&") }
        var headers: [(name: String, value: String)] = []
        for (name, template) in self.headers {
            switch template.filled(values, isEncoded: false) {
            case .text(let text): headers.append((name, text))
            case .leftOut: continue
            case .lacking: return nil
            }
        }
        if body != nil { headers.append(("content-type", "application/json")) }
        return PlannedRequest(target: target, headers: headers, method: method, body: body)
    }

    /// The path with its parameters put in, without the query. Nil where a parameter is missing.
    package func documentedPath(parameters values: [String: String]) -> String? {
        var target = ""
        var rest = path[...]
        while let open = rest.firstIndex(of: "{"), let close = rest[open...].firstIndex(of: "}") {
            guard let value = values[String(rest[rest.index(after: open)..<close])], !value.isEmpty, value != ".", value != ".."
            else { return nil }
            target += String(rest[..<open])
            target += value.percentEncodedSegment
            rest = rest[rest.index(after: close)...]
        }
        return target + String(rest)
    }

    /// Whether `query` is what the definition itself sends for an account with these parameters, in any order. What is made anew for each call
    /// may have any value.
    package func asks(_ query: String, parameters: [String: String]) -> Bool {
        let values = CallValues(
            parameters: parameters.merging(parameterDefaults) { given, _ in given }, now: WallTime(milliseconds: 0), uuid: "")
        return query.split(separator: "&").allSatisfy { pair in
            self.query.contains { template in
                if template.isMadePerCall { return pair.hasPrefix((template.name ?? "") + "=") }
                guard case .text(let text) = template.filled(values, isEncoded: true) else { return false }
                return pair == text
            }
        }
    }

    /// The names in the query.
    package var queryNames: [String] { query.compactMap(\.name) }

    /// The query where it is the same for everyone and always; nil where there is none or where it varies.
    package var constantQuery: String? {
        let texts = query.map { template -> String? in
            guard template.isConstant,
                case .text(let text) = template.filled(
                    CallValues(parameters: [:], now: WallTime(milliseconds: 0), uuid: ""), isEncoded: true)
            else { return nil }
            return text
        }
        let all = texts.compactMap(\.self)
        return all.isEmpty || all.count != texts.count ? nil : all.joined(separator: "&")
    }
}
