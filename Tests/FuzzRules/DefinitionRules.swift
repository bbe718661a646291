import BursarModel

@testable import BursarCatalog

extension FuzzTarget {
    /// A provider's definition, as a user writes one.
    static let definition = FuzzTarget(
        "definition", home: "BursarCatalogTests", longest: 1_200,
        words: MappingKey.all.map { $0.name + ": " } + [
            "x-bursar:", "$ref: ", "\"#/components/schemas/", "sum(", "[]", "?", " - ", "type: ", "properties:", "required: ",
            "additionalProperties: ", "oneOf: ", "not: ", "const: ", "pattern: '", "\\d", "{1,2}", "[^a-z]", "example: ",
            "examples:",
            "{name}", "unlimited", "least", "|\n", "null", "\n  ", "- ", "&a ", "*a", "!!str ", "{400: unauthorized}", "4XX:",
            "default:"
        ],
        seeds: { shorts.map { Array($0.utf8) } }, checkDefinition)

    /// So short that a change of them is often read, and together with nearly everything that a definition can say.
    private static let shorts = [
        short("{unit: USD, available: b}", "{type: object}", "{b: 1.50}"),
        short(
            "{unit: c, available: a}, {unit: c, part: k, available: l?unlimited - u?, words: {-1: unlimited}}", "{type: object}",
            "{a: 9, l: 5, u: 2}", more: "  own: least\n"),
        short(
            "{each: w, unit: {at: c, names: {usd: USD}, known: [USD]}, scale: 0.01, words: {null: unknown}, available: [f, b - u?]}",
            "{type: object, required: [w]}", "{w: [{c: usd, f: 1}, {c: EUR, b: 3, u: 2}]}"),
        short(
            "{unit: credits, available: sum(g[].l), granted: -o?, total: /a.b}", "{anyOf: [{type: object}], not: {const: 1}}",
            "{g: [{l: 1.5}, {l: 2}], a.b: \"7\"}"),
        short(
            "{unit: credits, part: p, where: {\"s?\": [on], \"e?\": future}, scale: 1/60, decimals: 2, resets: [r, q], available: \"sum(g[].l?0)\", used: u?, limit: m?}",
            "{type: object}", "{g: [{l: 60, s: on}], u: 1, m: 2, r: 2026-12-01}",
            more: "  private: [e, \"c[].d\"]\n  ttl: 5m\n  verified: {live: A, on: 2026-12-01}\n  read: 2026-12-01\n  first: f\n"
                + "  query: \"a={t?}&n={now_ms-30d}\"\n  headers: {X-A: \"{uuid}\"}\n  links: {top_up: \"https://a.example\"}\n"),
        short(
            "{each: w, merge: sum, unit: {at: c, money: true}, unlimited: not k, expires: x, words: {-1: unlimited, gone: depleted, n: none}, available: a}",
            "{type: object}", "{w: [{c: usd, a: 1, k: true, x: 4092249600}]}",
            more: "  codes: {at: c, map: {E: depleted, N: none}}\n  statuses: {402: depleted, 4XX: upstream_error}\n"),
        short(
            "{unit: USD, available: b, reserved: r?}",
            "{type: object, properties: {b: {type: [number, string], pattern: '^[0-9]{1,3}$', minimum: 0}}, additionalProperties: false}",
            "{b: 5}",
            more:
                "  root: [d, $]\n  low: not ok\n  as_of: t\n  limit: 120 per 1m\n  query: a=b\n  headers: {X-A: b}\n  title: A B\n"
                + "  environment: [A_KEY]\n"),
        short(
            "{unit: USD, available: b}", "{$ref: \"#/components/schemas/S\"}", "{ok: true, b: 1}",
            more:
                "  success: {ok: [true, 1], error: null}\n  codes: {at: [e.c, c], map: {7: unauthorized}}\n  statuses: {400: forbidden}\n"
                + "  message: e.m\n",
            responses: """
                        4XX:
                          description: e
                          content:
                            application/json: {schema: {type: object, required: [e]}, example: {e: {c: 7, m: no}}}
                """)
    ]

    private static func short(
        _ amount: String, _ schema: String, _ example: String, more: String = "", responses: String = ""
    ) -> String {
        """
        openapi: 3.1.0
        servers: [{url: "https://a.example"}]
        security: [{k: []}]
        x-bursar:
          id: a
          amounts: [\(amount)]
        \(more)paths:
          /b:
            get:
              responses:
                "200":
                  description: d
                  content: {application/json: {schema: \(schema), example: \(example)}}
        \(responses)
        components: {securitySchemes: {k: {type: http, scheme: bearer}}, schemas: {S: {type: object, required: [b]}}}
        """
    }
}

private let name = "a.yaml"

private func checkDefinition(_ bytes: [UInt8]) throws(BrokenRule) {
    let result = read(bytes)
    try demand(
        (result.definition == nil) == result.diagnostics.contains { $0.severity == .error }, "no definition and no error, or both"
    )
    for diagnostic in result.diagnostics { try diagnostic.checkForm(file: name) }
    // A document without anything in it has no place but the file's beginning.
    if YAMLRewriting.takesLineBefore(bytes), (try? LocatedReader.yaml(bytes, file: name))?.pairs?.isEmpty != true {
        let lower = read([0x0A] + bytes).diagnostics
        try demand(
            lower == result.diagnostics.map { $0.moved(byLines: 1, in: name) }, "a line before it changes more than places")
    }
    if let definition = result.definition { try checkAccepted(definition) }
    guard let node = try? LocatedReader.yaml(bytes, file: name) else { return }
    // The same document in one line, and as JSON.
    if let line = YAMLRewriting.inOneLine(node) { try checkSame(result, read(line), "in one line") }
    try checkSame(result, read(JSONWriter.compact(node.json), as: "a.json"), "as JSON")
}

private func read(_ bytes: [UInt8], as file: String = name) -> (definition: ProviderDefinition?, diagnostics: [Diagnostic]) {
    DefinitionReader.read(DefinitionFile(path: file, bytes: bytes))
}

private func checkSame(
    _ first: (definition: ProviderDefinition?, diagnostics: [Diagnostic]),
    _ other: (definition: ProviderDefinition?, diagnostics: [Diagnostic]), _ how: String
) throws(BrokenRule) {
    let words = first.diagnostics.map(\.withoutPlace).sorted()
    let others = other.diagnostics.map(\.withoutPlace).sorted()
    try demand(words == others, "\(how), it has other mistakes: \(Set(words).symmetricDifference(others))")
    guard let definition = first.definition, let same = other.definition else { return }
    try demand(facts(definition) == facts(same), "\(how), it says something else")
    for response in definition.responses {
        for example in response.examples {
            let status = response.status ?? 200
            let evaluation = definition.evaluate(status: status, contentType: nil, body: example)
            try demand(evaluation == same.evaluate(status: status, contentType: nil, body: example), "\(how), it reads otherwise")
        }
    }
    try demand(JSONWriter.compact(definition.openAPI) == JSONWriter.compact(same.openAPI), "\(how), it is another document")
}

private let exampleTime = WallTime(seconds: 1_790_000_000)
private let exampleUUID = "00000000-0000-4000-8000-000000000000"

/// A request of an account that gives what is asked for.
private func sample(_ definition: ProviderDefinition) -> PlannedRequest? {
    let parameters = Dictionary(
        definition.accountParameters.map { ($0.name, $0.allowed.first ?? "blue") }, uniquingKeysWith: { first, _ in first })
    return definition.request(CallValues(parameters: parameters, now: exampleTime, uuid: exampleUUID))
}

/// All that is told of a definition but its document.
private func facts(_ definition: ProviderDefinition) -> [String] {
    [
        definition.id.name, definition.title, definition.documentationURL ?? "-", definition.origin, definition.path,
        "\(definition.queryNames)", "\(definition.auth)", "\(String(describing: sample(definition)))", "\(definition.links)",
        "\(definition.provenance)", definition.note ?? "-", "\(String(describing: definition.ttl))",
        "\(definition.environmentVariables)", "\(definition.examples.map(\.lines))",
        "\(definition.unitNames)", "\(String(describing: definition.budget))", "\(definition.parameters)", "\(definition.places)"
    ]
        + definition.responses.map { "\($0.key) \($0.mediaType ?? "-") \($0.description) \($0.examples)" }
}

/// What is accepted keeps what it promises: its own examples are read, its address stays in its host, its errors are JSON.
private func checkAccepted(_ definition: ProviderDefinition) throws(BrokenRule) {
    var readings = 0
    for response in definition.responses {
        for example in response.examples {
            switch definition.evaluate(status: response.status ?? 200, contentType: nil, body: example) {
            case .reading: readings += 1
            case .failure(let failure):
                try demand(
                    !(200..<300).contains(response.status ?? 500) || failure.code != .invalidResponse, "an example is refused")
            }
        }
    }
    try demand(readings > 0 || definition.responses.contains { $0.status == nil }, "no example is read as a balance")
    // The configuration lets no such value pass; the definition must not rely on that for its path and query.
    let parameters = Dictionary(
        definition.accountParameters.map { ($0.name, $0.allowed.first ?? "../a?b#c\r\n") },
        uniquingKeysWith: { first, _ in first })
    let target = definition.request(CallValues(parameters: parameters, now: exampleTime, uuid: exampleUUID))?.target ?? ""
    try demand(
        target.hasPrefix("/") && target.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != 0x23 },
        "a target \(target.debugDescription)")
    try demand(!target.contains("/../") && !target.contains("//../"), "a target leads out of its path")
    try demand(
        definition.origin.hasPrefix("https://") || definition.origin.hasPrefix("http://"), "an origin \(definition.origin)")
    for header in sample(definition)?.headers ?? [] {
        try demand(header.value.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 }, "a header ends its line")
    }
    if let reply = definition.errorReply(status: 500, message: "\"\n") {
        try demand((try? JSONReader.read(reply.body)) != nil, "its error is no JSON")
    }
}
