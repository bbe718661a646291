import BursarCatalog
import BursarModel

/// What `/openapi.json` says of a definition that an operator added: its two routes, as the built-in ones stand in docs/openapi.yaml.
/// *Value.* Pure.
struct DescribedDefinition {
    let definition: ProviderDefinition
    private let renaming: SchemaRenaming

    init(_ definition: ProviderDefinition) {
        self.definition = definition
        renaming = SchemaRenaming(definition)
    }

    /// The route of the first account, and that of a named one.
    var paths: [JSONObject.Member] {
        // The operator's own path may have a parameter of this name already.
        let account = definition.parameters.contains("account") ? "account_name" : "account"
        let named: JSONValue = [
            "name": .string(account), "in": "path", "required": true, "description": "An account's name.",
            "schema": ["$ref": "#/components/schemas/AccountName"]
        ]
        return [
            .init(key: "/providers/\(definition.id)\(definition.path)", value: pathItem(suffix: "", parameters: [])),
            .init(
                key: "/providers/\(definition.id)@{\(account)}\(definition.path)",
                value: pathItem(suffix: "_account", parameters: [named]))
        ]
    }

    var schemas: [JSONObject.Member] { renaming.schemas }

    /// A caller's own credential, as the provider wants it: one scheme, or two. No provider's name has a dot.
    var securitySchemes: [JSONObject.Member] {
        zip([definition.id.name, "\(definition.id).second"], definition.auth.securitySchemes).map { .init(key: $0, value: $1) }
    }

    private func pathItem(suffix: String, parameters: [JSONValue]) -> JSONValue {
        let own = definition.parameters.map { name -> JSONValue in
            [
                "name": .string(name), "in": "path", "required": true, "schema": ["type": "string"],
                "description": "As the account's `parameters` say, or this name in braces as it is."
            ]
        }
        let headers = ["CacheControl", "Prefer", "IfNoneMatch", "AcceptEncoding"].map { Self.reference("parameters", $0) }
        // All names of one requirement are needed together.
        let ownKey = JSONObject(securitySchemes.map { .init(key: $0.key, value: .array([])) })
        return [
            "get": [
                "operationId": .string("provider_\(definition.id.name.replacing("-", with: "_"))\(suffix)"),
                "tags": ["provider routes"],
                "summary": .string(
                    "\(definition.title)'s own balance endpoint" + (suffix.isEmpty ? "" : ", of a named account")),
                "security": [[:], .object(ownKey), ["clientBearer": []], ["clientToken": []]],
                "parameters": .array(parameters + own + headers),
                "responses": .object(responses)
            ]
        ]
    }

    /// The documented ones, and what the gateway itself has to say: a refused caller, a provider that failed.
    private var responses: JSONObject {
        var responses = JSONObject()
        for response in definition.responses { responses[response.key] = self.response(response) }
        responses["304"] = Self.reference("responses", "NotModified")
        // To a query that the definition does not send. What documents any error of a caller has this one in it.
        if ["400", "4XX", "default"].allSatisfy({ responses[$0] == nil }) {
            responses["400"] = Self.reference("responses", "BadRequest")
        }
        for (status, name) in [
            ("404", "NotFound"), ("502", "ProviderFailed"), ("503", "ProviderLater"), ("504", "ProviderTimedOut"),
            ("default", "Problem")
        ] where responses[status] == nil {
            responses[status] = Self.reference("responses", name)
        }
        return responses
    }

    private func response(_ response: DocumentedResponse) -> JSONValue {
        let isSuccess = response.key.hasPrefix("2")
        var content = JSONObject()
        if let mediaType = response.mediaType {
            var media = JSONObject()
            if let schema = response.schema.flatMap(renaming.renamed) { media["schema"] = schema }
            if let example = response.example.flatMap({ try? JSONReader.read($0) }) { media["example"] = example }
            content[mediaType] = .object(media)
        }
        if !isSuccess { content["application/problem+json"] = ["schema": Self.reference("schemas", "Problem")] }
        let names =
            isSuccess
            ? [
                ("Age", "Age"), ("Cache-Control", "CacheControl"), ("Cache-Status", "CacheStatus"), ("ETag", "ETag"),
                ("Vary", "Vary")
            ]
            : [("Cache-Control", "CacheControl"), ("Cache-Status", "CacheStatus"), ("Retry-After", "RetryAfter")]
        var object: JSONObject = ["description": .string(response.description)]
        object["headers"] = .object(JSONObject(names.map { .init(key: $0.0, value: Self.reference("headers", $0.1)) }))
        if !content.members.isEmpty { object["content"] = .object(content) }
        return .object(object)
    }

    private static func reference(_ section: String, _ name: String) -> JSONValue {
        ["$ref": .string("#/components/\(section)/\(name)")]
    }
}
