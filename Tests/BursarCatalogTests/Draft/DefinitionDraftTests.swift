import BursarModel
import Testing

@testable import BursarCatalog

/// A first definition from what a provider publishes: it passes `check`, and says what it guessed.
@Suite struct DefinitionDraftTests {
    private func draft(_ text: String, _ name: String, path: String? = nil) throws -> DefinitionDraft {
        let id = try #require(ProviderID("acme"))
        return try DefinitionDraft(id, from: DefinitionFile(path: name, bytes: Array(text.utf8)), path: path, today: "2026-11-27")
    }

    /// As `bursar check` reads it.
    private func definition(_ draft: DefinitionDraft) throws -> ProviderDefinition {
        #expect(Catalog.problems(draft.text).map(\.description) == [])
        return try Catalog.single(draft.text)
    }

    @Test func `of a saved answer the likeliest figure is taken, and the others stand beside it as comments`() throws {
        let answer = #"""
            {"ok": true, "data": {"owner_email": "jane@corp.example", "balance": "41.2500", "currency": "USD", "pending": 1.0,
            "limit": 500, "id": 77}}
            """#
        let draft = try draft(answer, "answer.json")
        let definition = try definition(draft)
        #expect(definition.amounts(answer) == ["available 41.2500 USD"])
        #expect(draft.text.contains("available: \"data.balance\"  # guessed"))
        #expect(draft.text.contains("#   reserved: data.pending?"))
        #expect(draft.text.contains("#   limit: data.limit?"))
        #expect(!draft.text.contains("data.id"))
        // Nothing says where the provider is: a key must not go to a guess.
        #expect(definition.origin == "https://acme.invalid")
        // What is a person's is neither kept nor in the file.
        #expect(draft.text.contains("private: [\"data.owner_email\"]"))
        #expect(!draft.text.contains("jane@"))
        #expect(definition.failure(#"{"ok": false}"#)?.code == .upstreamError)
    }

    @Test func `a name with a hyphen is no subtraction`() throws {
        let answer = #"{"data": {"credits-left": 12, "credits-used": 3}}"#
        let draft = try draft(answer, "answer.json")
        #expect(try definition(draft).amounts(answer) == ["available 12 credits"])
        #expect(draft.text.contains("available: \"$.data.credits-left\"  # guessed"))
        #expect(draft.text.contains("#   used: $.data.credits-used?"))
    }

    @Test func `no name in an answer ends the line of a comment`() throws {
        let answer = #"{"balance": 12, "used\u2028x-evil:": 3, "limit\u0085x-evil:": 4}"#
        let draft = try draft(answer, "answer.json")
        #expect(try definition(draft).amounts(answer) == ["available 12 credits"])
        #expect(!draft.text.unicodeScalars.contains { $0 == "\u{2028}" || $0 == "\u{85}" })
    }

    @Test func `a list is read element by element`() throws {
        let answer = #"[{"name": "x", "creditsRemaining": 12, "creditsUsed": 3}]"#
        let draft = try draft(answer, "answer.json")
        #expect(try definition(draft).amounts(answer) == ["available 12 credits"])
        #expect(draft.text.contains("#   used: creditsUsed?"))
    }

    @Test func `a currency in a list is told by its path`() throws {
        let answer = #"{"balance_infos": [{"currency": "CNY", "total_balance": "110.00"}]}"#
        let draft = try draft(answer, "answer.json")
        #expect(try definition(draft).amounts(answer) == ["available 110.00 CNY"])
        #expect(draft.text.contains(#"unit: {at: "balance_infos[0].currency", money: true}"#))
    }

    @Test(arguments: [
        #"{"balance_cents": 1250, "currency": "USD"}"#, #"{"cents": {"balance": 1250}}"#,
        #"{"cents": {"balance": 1250, "currency": "usd"}}"#, #"{"balance_cents": 1250}"#
    ])
    func `cents are never drafted as dollars, whichever name says them and whoever names the currency`(answer: String) throws {
        let draft = try draft(answer, "answer.json")
        #expect(try definition(draft).amounts(answer) == ["available 12.50 USD"])
        #expect(draft.text.contains("scale: 0.01  # guessed"))
    }

    @Test func `cents of euros are euros, and a name that tells another unit has no scale from above`() throws {
        let euros = #"{"balance_eur_cents": 1250}"#
        #expect(try definition(draft(euros, "answer.json")).amounts(euros) == ["available 12.50 EUR"])
        let dollars = #"{"cents": {"balance_usd": 12.5}}"#
        #expect(try definition(draft(dollars, "answer.json")).amounts(dollars) == ["available 12.5 USD"])
    }

    @Test func `the comment on another figure has its scale, and an element of its own where that differs`() throws {
        let answer = #"{"balance": 5, "used_cents": 300, "limit": 9}"#
        let text = try draft(answer, "answer.json").text
        #expect(text.contains("#   used (in another element): used_cents?  is 300, perhaps USD, scale: 0.01\n"))
        #expect(text.contains("#   limit: limit?  is 9, perhaps credits\n"))
    }

    private static let document = """
        openapi: 3.0.3
        info: {title: Acme Cloud, version: 1.4.0}
        servers: [{url: https://api.acme.example/v2}]
        security: [{token: []}]
        paths:
          /models: {get: {responses: {"200": {description: ok, content: {application/json: {schema: {type: array, items: {type: string}}}}}}}}
          /users/me/credits:
            get:
              operationId: getCredits
              parameters: [{name: team, in: query, required: true, schema: {type: string}}]
              responses:
                "200": {description: ok, content: {application/json: {schema: {$ref: "#/components/schemas/Credits"}}}}
                "401": {$ref: "#/components/responses/Bad"}
          /billing/{id}/usage: {get: {responses: {"200": {description: ok, content: {application/json: {schema: {type: object, properties: {total_usage: {type: integer}}}}}}}}}
        components:
          securitySchemes: {token: {type: apiKey, in: header, name: X-Acme-Key}}
          responses: {Bad: {description: Wrong key, content: {application/json: {schema: {type: object, properties: {error: {type: object, properties: {message: {type: string, example: "no key"}}}}}}}}}
          schemas:
            Credits: {allOf: [{type: object, properties: {remaining_cents: {type: integer}, api_key: {type: string}}}, {$ref: "#/components/schemas/More"}]}
            More: {type: object, properties: {more: {$ref: "#/components/schemas/More"}, plan_limit: {type: number, nullable: true}}}
        """

    @Test func `of an OpenAPI document the path that looks like a balance is taken, with its request and its errors`() throws {
        let draft = try draft(Self.document, "openapi.yaml")
        let definition = try definition(draft)
        #expect(draft.path == "/users/me/credits")
        #expect(draft.otherPaths == ["/billing/{id}/usage"])
        #expect(definition.origin + definition.path == "https://api.acme.example/v2/users/me/credits")
        #expect(definition.auth.displayName == "X-Acme-Key")
        #expect(definition.target(parameters: ["team": "blue"]) == "/v2/users/me/credits?team=blue")
        #expect(definition.amounts(#"{"remaining_cents": 1250, "api_key": "k"}"#) == ["available 12.50 USD"])
        #expect(definition.failure(#"{"api_key": "k"}"#)?.reason == "remaining_cents is missing")
        #expect(
            definition.errorReply(status: 401, message: "no").map { String(decoding: $0.body, as: UTF8.self) }
                == #"{"error":{"message":"no"}}"#)
        #expect(draft.text.contains("made of the schema: put a real answer here"))
    }

    @Test func `a path may be named, and one that tells what was used says so`() throws {
        let draft = try draft(Self.document, "openapi.yaml", path: "/billing/{id}/usage")
        let definition = try definition(draft)
        #expect(definition.amounts(#"{"total_usage": 7}"#) == ["used 7 credits"])
        #expect(definition.accountParameters.map(\.name) == ["id"])
    }

    /// Each of twelve schemas names the next one eight times: eight to the twelfth in all.
    private static let bomb: String = {
        let names = (0..<12).map { level in
            let properties = (0..<8).map { "p\($0): {$ref: '#/components/schemas/S\(level + 1)'}" }.joined(separator: ", ")
            return "    S\(level): {type: object, properties: {balance: {type: number}, \(properties)}}"
        }
        return """
            openapi: 3.0.3
            info: {title: Acme, version: 1.0.0}
            paths:
              /balance: {get: {responses: {"200": {description: ok, content: {application/json: {schema: {$ref: "#/components/schemas/S0"}}}},
                "400": {description: no, content: {application/json: {schema: {$ref: "#/components/schemas/S0"}}}}}}}
            components:
              schemas:
            \(names.joined(separator: "\n"))
                S12: {type: number}
            """
    }()

    @Test func `references that stand for millions of schemas are cut off`() throws {
        var text = ""
        let time = try ContinuousClock().measure { text = try draft(Self.bomb, "openapi.yaml").text }
        #expect(text.contains("available: \"balance\"  # guessed"))
        #expect(text.utf8.count < 4 * DraftExpansion.mostBytes)
        // It did not come to an end.
        #expect(time < .seconds(20))
    }

    @Test func `a long example that is named often is written out once at most`() {
        let long = String(repeating: "x", count: 40_000)
        let document: JSONValue = ["long": ["example": .string(long)]]
        let schema: JSONValue = ["items": ["$ref": "#/long"], "enum": [.string(long)]]
        let all: JSONValue = ["type": "object", "properties": ["a": ["$ref": "#/long"], "b": ["$ref": "#/long"]]]
        var examples = DraftExpansion(document)
        #expect(examples.example(of: all) == ["a": .string(long), "b": .null])
        #expect(examples.isExhausted)
        var schemas = DraftExpansion(document)
        #expect(schemas.resolved(["allOf": [schema, schema]]) == nil)
        #expect(schemas.isExhausted)
    }

    @Test(arguments: [
        (#"{"name": "x", "since": "yesterday"}"#, "answer.json", nil, "no figure"),
        ("[1, 2", "answer.json", nil, "not valid JSON"), ("7", "answer.json", nil, "an answer is a JSON object or list"),
        (document, "openapi.yaml", "/users/me/credit", "did you mean /users/me/credits?"),
        ("openapi: 3.0.0\npaths: {/models: {get: {responses: {}}}}", "openapi.yaml", nil, "no path has a GET or POST")
    ])
    func `what gives no definition is refused with the reason`(text: String, name: String, path: String?, words: String) throws {
        let refusal = #expect(throws: DefinitionDraft.Refusal.self) { _ = try draft(text, name, path: path) }
        #expect(refusal?.description.contains(words) == true, "\(refusal?.description ?? "")")
    }
}
