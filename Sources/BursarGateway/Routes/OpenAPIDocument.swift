import BursarCatalog
import BursarModel

/// `/openapi.json`: docs/openapi.yaml as it is in the repository, and the routes of definitions that it does not have. Pure.
enum OpenAPIDocument {
    /// - Parameter definitions: that are to be described.
    /// - Parameter hasClients: then nothing that asks for a credential can be had without one, and the document says so.
    static func json(_ definitions: [ProviderDefinition], hasClients: Bool) -> [UInt8] {
        // A test reads the embedded document, so it is well-formed here; an empty object is the answer of a broken build.
        guard case .object(var document)? = try? LocatedReader.yaml(source, file: "openapi.yaml").json,
            case .object(var paths)? = document["paths"], case .object(var components)? = document["components"]
        else { return Array("{}".utf8) }
        for definition in definitions where paths["/providers/\(definition.id)\(definition.path)"] == nil {
            let described = DescribedDefinition(definition)
            for member in described.paths { paths[member.key] = member.value }
            components.add(described.schemas, to: "schemas")
            components.add(described.securitySchemes, to: "securitySchemes")
        }
        document["paths"] = .object(paths)
        document["components"] = .object(components)
        if hasClients { document = withoutAnonymity(document) }
        return JSONWriter.compact(.object(document))
    }

    /// docs/openapi.yaml.
    static var source: [UInt8] {
        (0..<EmbeddedFiles.count).lazy.map(EmbeddedFiles.file).first { $0.name.description == "openapi.yaml" }
            .map { Array($0.text.description.utf8) } ?? []
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
}

extension JSONObject {
    fileprivate mutating func add(_ members: [Member], to key: String) {
        guard case .object(var object)? = self[key] else { return }
        for member in members { object[member.key] = member.value }
        self[key] = .object(object)
    }
}
