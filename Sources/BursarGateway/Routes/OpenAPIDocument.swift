import BursarCatalog
import BursarModel

/// `/openapi.json`: docs/openapi.yaml as it is in the repository, and a path for each definition that an operator added. Pure.
enum OpenAPIDocument {
    /// - Parameter hasClients: then nothing that asks for a credential can be had without one, and the document says so.
    static func json(_ catalog: Catalog, hasClients: Bool) -> [UInt8] {
        // A test reads the embedded document, so it is well-formed here; an empty object is the answer of a broken build.
        guard case .object(var document)? = try? LocatedReader.yaml(PackageResources.openapi_yaml, file: "openapi.yaml").json,
            case .object(var paths)? = document["paths"]
        else { return Array("{}".utf8) }
        for definition in catalog.definitions {
            let path = "/providers/\(definition.id)\(definition.path)"
            if paths[path] == nil { paths[path] = pathItem(definition) }
        }
        document["paths"] = .object(paths)
        if hasClients { document = withoutAnonymity(document) }
        return JSONWriter.compact(.object(document))
    }

    /// The same without `{}` among the alternatives of each `security`. A list that was empty stays so: that route is for everyone.
    private static func withoutAnonymity(_ document: JSONObject) -> JSONObject {
        var document = document
        for member in document.members {
            switch member.value {
            case .array(let alternatives) where member.key == "security":
                document[member.key] = .array(alternatives.filter { $0 != [:] })
            case .object(let object): document[member.key] = .object(withoutAnonymity(object))
            default: break
            }
        }
        return document
    }

    /// Statuses, descriptions and examples; schemas stay out, because their `$ref`s point into the definition's own document.
    private static func pathItem(_ definition: ProviderDefinition) -> JSONValue {
        var responses = JSONObject()
        for response in definition.responses {
            var object: JSONObject = ["description": .string(response.description)]
            if let mediaType = response.mediaType {
                var media = JSONObject()
                if let example = response.example.flatMap({ try? JSONReader.read($0) }) { media["example"] = example }
                object["content"] = .object([mediaType: .object(media)])
            }
            responses[response.key] = .object(object)
        }
        // What the gateway itself has to say: a refused caller, a provider that failed.
        responses["default"] = ["$ref": "#/components/responses/Problem"]
        return [
            "get": [
                "summary": .string("\(definition.title)'s own balance endpoint"),
                "operationId": .string("provider_\(definition.id.name.replacing("-", with: "_"))"),
                "tags": ["provider routes"],
                "security": [[:], ["clientBearer": []], ["clientToken": []]],
                "responses": .object(responses)
            ]
        ]
    }
}
