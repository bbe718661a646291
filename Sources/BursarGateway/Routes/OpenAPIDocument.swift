import BursarCatalog
import BursarModel

/// `/openapi.json`: docs/openapi.yaml as it is in the repository, and a path for each definition that an operator added. Pure.
enum OpenAPIDocument {
    static func json(_ catalog: Catalog) -> [UInt8] {
        // A test reads the embedded document, so it is well-formed here; an empty object is the answer of a broken build.
        guard case .object(var document)? = try? LocatedReader.yaml(PackageResources.openapi_yaml, file: "openapi.yaml").json,
            case .object(var paths)? = document["paths"]
        else { return Array("{}".utf8) }
        for definition in catalog.definitions {
            let path = "/providers/\(definition.id)\(definition.path)"
            if paths[path] == nil { paths[path] = pathItem(definition) }
        }
        document["paths"] = .object(paths)
        return JSONWriter.compact(.object(document))
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
        return [
            "get": [
                "summary": .string("\(definition.title)'s own balance endpoint"),
                "operationId": .string("provider_\(definition.id.name.replacing("-", with: "_"))"),
                "tags": ["providers"],
                "responses": .object(responses)
            ]
        ]
    }
}
