import BursarModel
import Testing

@testable import BursarCatalog

/// What a draft takes from an OpenAPI document: documents are other people's, and say the same thing in many ways.
@Suite struct OpenAPISourceTests {
    private static let schema = "{type: object, properties: {balance: {type: number}}}"

    /// A document with one balance, to vary a single thing of.
    /// - Parameters:
    ///   - shared: parameters of the path.
    ///   - own: parameters of its operation.
    ///   - content: of the successful answer.
    ///   - errors: responses beside that.
    private func document(
        path: String = "/balance", server: String = "https://api.acme.example/v1", shared: String = "", own: String = "",
        content: String = "{schema: \(schema), example: {balance: 12.5}}", errors: String = ""
    ) -> String {
        """
        openapi: 3.1.0
        info: {title: Acme, version: "1"}
        servers: [{url: "\(server)"}]
        components: {schemas: {Team: {type: string, default: main}}}
        paths:
          "\(path)":
            parameters: [\(shared)]
            get:
              parameters: [\(own)]
              responses:
                "200": {description: ok, content: {application/json: \(content)}}
                \(errors)
        """
    }

    private func draft(_ document: String, path: String? = nil) throws -> DefinitionDraft {
        let id = try #require(ProviderID("acme"))
        let file = DefinitionFile(path: "openapi.yaml", bytes: Array(document.utf8))
        return try DefinitionDraft(id, from: file, path: path, today: "2026-11-27")
    }

    /// As `bursar check` reads it.
    private func definition(_ draft: DefinitionDraft) throws -> ProviderDefinition {
        #expect(Catalog.problems(draft.text).map(\.description) == [])
        return try Catalog.single(draft.text)
    }

    // MARK: - The query

    @Test func `an operation's parameter replaces the path's of the same name and place`() throws {
        let shared = """
            {in: query, name: team, required: true, schema: {type: string, default: x}},
            {in: query, name: opt, required: true, schema: {type: string}}, {in: query, name: v, required: true, example: "2"}
            """
        let own = """
            {in: query, name: team, required: true, schema: {$ref: "#/components/schemas/Team"}},
            {in: query, name: opt, required: false, schema: {type: string}}, {in: header, name: v}
            """
        let definition = try definition(try draft(document(shared: shared, own: own)))
        #expect(definition.target(parameters: [:]) == "/v1/balance?v=2&team=main")
        #expect(definition.accountParameters.isEmpty)
    }

    @Test func `a number, a boolean and the default behind a reference are documented values, and null is none`() throws {
        let own = """
            {in: query, name: page, required: true, schema: {type: integer, default: 1}},
            {in: query, name: active, required: true, schema: {type: boolean, default: true}},
            {in: query, name: team, required: true, schema: {$ref: "#/components/schemas/Team"}},
            {in: query, name: span, required: true, schema: {default: null, enum: ["all time", day]}}
            """
        let definition = try definition(try draft(document(own: own)))
        #expect(definition.target(parameters: [:]) == "/v1/balance?page=1&active=true&team=main&span=all%20time")
    }

    @Test func `a required parameter is sent whatever it is called, and the account can write its name`() throws {
        let own = """
            {in: query, name: "filter[x]", required: true, schema: {type: string, default: all}},
            {in: query, name: uuid, required: true, schema: {type: string, default: x}},
            {in: query, name: "filter[y]", required: true, schema: {type: string}},
            {in: query, name: now_ms, required: true, schema: {type: string}}
            """
        let definition = try definition(try draft(document(own: own)))
        #expect(definition.accountParameters.map(\.name) == ["filter_y_", "now_ms_"])
        #expect(
            definition.target(parameters: ["filter_y_": "a&b", "now_ms_": "7"])
                == "/v1/balance?filter%5Bx%5D=all&uuid=x&filter%5By%5D=a%26b&now_ms=7")
    }

    // MARK: - Examples

    @Test(arguments: [
        (#"example: '{"balance":3}'"#, true), ("example: null", true), ("examples: {none: {value: null}}", true),
        ("examples: {none: {value: null}, text: {value: x}, full: {value: {balance: 3}}}", false),
        ("example: '3', examples: {full: {value: {balance: 3}}}", false)
    ])
    func `an example that is no object or list gives way to the next, then to the schema`(given: String, isMade: Bool) throws {
        let draft = try draft(document(content: "{schema: \(Self.schema), \(given)}"))
        let definition = try definition(draft)
        #expect(definition.examples.map(\.lines) == [[isMade ? "available 12.5 credits" : "available 3 credits"]])
        #expect(draft.text.contains("made of the schema") == isMade)
    }

    @Test func `of schemas of errors that are too large only what is made of them is left out`() throws {
        let properties = (0..<4_000).map { "property\($0): {type: string}" }.joined(separator: ", ")
        let errors = """
            "400": {description: x, content: {application/json: {schema: {type: object, properties: {\(properties)}}}}}
                    "401": {description: y, content: {application/json: {example: {error: no}}}}
                    "4XX": {description: z, content: {application/json: {schema: {type: object, properties: {error: {type: string}}}}}}
            """
        let draft = try draft(document(errors: errors))
        let reply = try definition(draft).errorReply(status: 401, message: "bad key")
        #expect(reply.map { String(decoding: $0.body, as: UTF8.self) } == #"{"error":"bad key"}"#)
        #expect(!draft.text.contains("\"400\"") && !draft.text.contains("\"4XX\""))
    }

    // MARK: - The server

    @Test(arguments: [
        ("http://api.acme.example:80/v1", "https://api.acme.example"), ("http://api.acme.example/v1", "https://api.acme.example"),
        ("http://api.acme.example:8080/v1", "https://api.acme.example:8080")
    ])
    func `https in the place of http is a guess, and goes to its own port`(server: String, origin: String) throws {
        let draft = try draft(document(server: server))
        let definition = try definition(draft)
        #expect(definition.origin == origin)
        #expect(definition.path == "/v1/balance")
        #expect(draft.text.contains("# guessed: the document says http"))
    }

    @Test(arguments: ["https://api.acme.example", "http://127.0.0.1:4000"])
    func `a server that a definition may name is taken as it is`(server: String) throws {
        let draft = try draft(document(server: server + "/v1"))
        #expect(try definition(draft).origin == server)
        #expect(!draft.text.contains("# guessed: the document says"))
        #expect(!draft.text.contains("# guessed: nothing says where"))
    }

    // MARK: - Refusals

    @Test(arguments: ["/{a}-{b}/balance", "/{team id}/balance", "/{uuid}/balance", "/x{a}/balance", "/{}/balance"])
    func `a path that no definition can name is refused as such, named or found`(path: String) throws {
        for wanted in [path, nil] {
            let refusal = #expect(throws: DefinitionDraft.Refusal.self) { _ = try draft(document(path: path), path: wanted) }
            #expect(refusal?.description.hasPrefix("openapi.yaml: a definition cannot ask \(path): ") == true)
        }
    }

    @Test func `a path that is not to be shown is not shown`() throws {
        let refusal = #expect(throws: DefinitionDraft.Refusal.self) { _ = try draft(document(path: #"/{\e[31m}/balance"#)) }
        #expect(refusal?.description.hasPrefix("openapi.yaml: a definition cannot ask (not shown): ") == true)
    }

    @Test func `without an example that is an answer, and without a schema, the refusal says so`() throws {
        let refusal = #expect(throws: DefinitionDraft.Refusal.self) { _ = try draft(document(content: "{example: '{}'}")) }
        #expect(
            refusal?.description
                == "openapi.yaml: /balance has no example that is an object or a list, and no schema that gives one")
    }
}
