import BursarModel
import Testing

@testable import BursarCatalog

extension Catalog {
    /// One definition of YAML text; its diagnostics are recorded where it has any.
    static func single(_ yaml: String, name: String = "test.yaml") throws -> ProviderDefinition {
        do {
            let catalog = try Catalog.empty.adding([DefinitionFile(path: name, bytes: Array(yaml.utf8))])
            return try #require(catalog.definitions.first)
        } catch let error as CatalogDiagnostics {
            for diagnostic in error.diagnostics { Issue.record("\(diagnostic)") }
            throw error
        }
    }

    static func builtIn(_ name: String) throws -> ProviderDefinition {
        let id = try #require(ProviderID(name))
        return try #require(try Catalog.builtIn()[id])
    }

    /// The diagnostics of a definition that must not be taken.
    static func problems(_ yaml: String, name: String = "test.yaml") -> [Diagnostic] {
        do {
            let catalog = try Catalog.empty.adding([DefinitionFile(path: name, bytes: Array(yaml.utf8))])
            return catalog.warnings
        } catch {
            return error.diagnostics
        }
    }
}

extension ProviderDefinition {
    /// What stands behind the base URL, for an account with these parameters.
    func target(parameters: [String: String], now: WallTime = WallTime(seconds: 1_790_000_000), uuid: String = "u") -> String? {
        request(CallValues(parameters: parameters, now: now, uuid: uuid))?.target
    }

    func evaluate(_ body: String, status: Int = 200) -> Evaluation {
        evaluate(status: status, contentType: "application/json", body: Array(body.utf8))
    }

    /// The amounts as `available 12.5 USD`, for short expectations.
    func amounts(_ body: String, status: Int = 200) -> [String]? { reading(body, status: status)?.amounts.map(\.words) }

    func reading(_ body: String, status: Int = 200) -> Reading? {
        guard case .reading(let reading) = evaluate(body, status: status) else { return nil }
        return reading
    }

    func failure(_ body: String, status: Int = 200) -> EvaluatedFailure? {
        guard case .failure(let failure) = evaluate(body, status: status) else { return nil }
        return failure
    }
}

extension Amount {
    var words: String { "\(kind) \(value) \(unit)" }
}

/// A definition with one amount, to vary a single thing of.
func definition(
    mapping: String = "amounts: [{unit: credits, available: balance}]", schema: String = "{type: object}",
    example: String = "{balance: 12.5}", path: String = "/balance", security: String = "{type: http, scheme: bearer}",
    server: String = "https://api.example.com", more: String = ""
) -> String {
    """
    openapi: 3.1.0
    info: {title: Example, version: 1.0.0}
    servers: [{url: "\(server)"}]
    security: [{key: []}]
    components: {securitySchemes: {key: \(security)}}
    paths:
      \(path):
        get:
          responses:
            "200":
              description: ok
              content: {application/json: {schema: \(schema), example: \(example)}}
    \(more)
    x-bursar:
      id: example
      \(mapping)
    """
}
