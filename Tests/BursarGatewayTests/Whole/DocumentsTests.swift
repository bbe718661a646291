import BursarCatalog
import BursarMocks
import BursarModel
import Foundation
import NIOHTTP1
import Testing

@testable import BursarGateway

@Suite struct DocumentsTests {
    private static let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../../")

    @Test func `the description that is embedded is the one in the repository`() throws {
        let file = [UInt8](try Data(contentsOf: Self.root.appending(path: "docs/openapi.yaml")))
        #expect(file == OpenAPIDocument.source)
    }

    @Test func `each type of problem stands in both documents`() throws {
        let api = String(decoding: try Data(contentsOf: Self.root.appending(path: "docs/api.md")), as: UTF8.self)
        let document = try JSONReader.read(OpenAPIDocument.json([], hasClients: false))
        let type = document["components"]?["schemas"]?["Problem"]?["properties"]?["type"]
        let described = try #require(type?["description"]?.text)
        for code in GatewayProblem.allCases.map(\.rawValue) + ProblemCode.allCases.map(\.rawValue) {
            #expect(api.contains("| `\(code)`") || api.contains(", `\(code)`"), "docs/api.md has no row with \(code)")
            #expect(described.contains("`\(code)`"), "docs/openapi.yaml does not list \(code)")
        }
    }

    /// In YAML's `{…}` a comma ends a description that stands there without quotes, and what follows becomes a member.
    @Test func `no description is cut at its comma`() throws {
        func check(_ value: JSONValue, _ place: String) {
            for member in value.object?.members ?? [] where !["example", "examples"].contains(member.key) {
                #expect(!member.key.contains(" ") && member.value != .null, "\(place) has a member \"\(member.key)\"")
                check(member.value, "\(place)/\(member.key)")
            }
            for (index, element) in (value.elements ?? []).enumerated() { check(element, "\(place)/\(index)") }
        }
        check(try JSONReader.read(OpenAPIDocument.json([], hasClients: true)), "")
    }

    @Test func `each provider route documents what it says to a query that its definition does not send`() throws {
        let document = try JSONReader.read(OpenAPIDocument.json([], hasClients: false))
        for path in try #require(document["paths"]?.object).members where path.key.hasPrefix("/providers/") {
            #expect(path.value["get"]?["responses"]?["400"] != nil, "\(path.key)")
        }
    }

    @Test func `every documented path is served`() async throws {
        let document = try JSONReader.read(OpenAPIDocument.json([], hasClients: false))
        let documented = try #require(document["paths"]?.object).members.map(\.key)
        try await TestGateway.with(TestGateway.five) { gateway async throws in
            for template in documented
            where document["paths"]?[template]?["get"] != nil && !template.hasSuffix("/stream") {  // which has no end
                let answer = try await gateway.get(TestGateway.path(template))
                // Some need a query, a store or a claim; none is unknown.
                #expect(answer.status < 500 || template.hasSuffix("/history"), "\(template) answered \(answer.status)")
                #expect(template == "/openapi.json" || !answer.text.contains("Nothing answers to this path"), "\(template)")
            }
        }
        for path in TestGateway.routes.values { #expect(documented.contains(path), "\(path) is not documented") }
    }

    @Test func `where there are clients, no route but those for everyone is described as open`() throws {
        for hasClients in [false, true] {
            let document = try JSONReader.read(OpenAPIDocument.json(Catalog.builtIn().definitions, hasClients: hasClients))
            let everywhere = document["security"]
            for member in try #require(document["paths"]?.object).members {
                let path = member.key
                let alternatives = try #require((member.value["get"]?["security"] ?? everywhere)?.elements, "\(path)")
                let isOpen = alternatives.contains([:])
                #expect(isOpen == (!hasClients && !alternatives.isEmpty), "\(path)")
                if path.hasPrefix("/providers/") { #expect(alternatives.contains(["clientBearer": []])) }
            }
        }
    }

    @Test func `a definition that an operator added is described like the built-in ones`() throws {
        let yaml = """
            openapi: 3.0.3
            info: {title: Acme, version: "1"}
            servers: [{url: "https://api.acme.example"}]
            security: [{key: []}]
            components:
              securitySchemes: {key: {type: apiKey, in: header, name: X-Acme}}
              schemas:
                Money: {type: string, nullable: true}
                Balance: {type: object, required: [left], properties: {left: {$ref: '#/components/schemas/Money'}}}
            paths:
              /v1/{team}/balance:
                get:
                  responses:
                    "200":
                      description: ok
                      content: {application/json: {schema: {$ref: '#/components/schemas/Balance'}, example: {left: '1.50'}}}
                    "401": {description: no key, content: {application/json: {example: {error: x}}}}
            x-bursar: {id: acme, amounts: [{unit: USD, available: left}]}
            """
        let catalog = try Catalog.builtIn().adding([DefinitionFile(path: "acme.yaml", bytes: Array(yaml.utf8))])
        let document = try JSONReader.read(OpenAPIDocument.json(catalog.addedIDs.compactMap { catalog[$0] }, hasClients: false))
        let paths = ["/providers/acme/v1/{team}/balance", "/providers/acme@{account}/v1/{team}/balance"]
        for path in paths {
            let operation = try #require(document["paths"]?[path]?["get"], "\(path)")
            let named = (operation["parameters"]?.elements ?? []).compactMap { $0["name"]?.text }
            // Each name in braces is declared, or the document is invalid.
            let expected = path.split(separator: "{").dropFirst().map { String($0.prefix { $0 != "}" }) }
            #expect(named == expected)
            #expect(operation["parameters"]?.elements?.count == expected.count + 4)
            let responses = try #require(operation["responses"]?.object)
            #expect(responses.members.map(\.key) == ["200", "401", "304", "400", "404", "502", "503", "504", "default"])
            #expect(operation["security"]?.elements?.contains(["acme": []]) == true)
            let content = operation["responses"]?["200"]?["content"]?["application/json"]
            #expect(content?["schema"] == ["$ref": "#/components/schemas/acme.Balance"])
            #expect(content?["example"] == ["left": "1.50"])
        }
        let schemas = document["components"]?["schemas"]
        #expect(schemas?["acme.Balance"]?["properties"]?["left"] == ["$ref": "#/components/schemas/acme.Money"])
        #expect(schemas?["acme.Money"] == ["type": ["string", "null"]])
        #expect(document["components"]?["securitySchemes"]?["acme"]?["name"] == "X-Acme")
        for reference in Self.references(in: document) {
            var place: JSONValue? = document
            for part in reference.dropFirst(2).split(separator: "/") { place = place?[String(part)] }
            #expect(place != nil, "\(reference) leads nowhere")
        }
        let identifiers = (document["paths"]?.object?.members ?? []).flatMap { path in
            (path.value.object?.members ?? []).compactMap { $0.value["operationId"]?.text }
        }
        #expect(Set(identifiers).count == identifiers.count)
    }

    @Test func `where a provider takes two headers, both are described, and needed together`() throws {
        let definition = try #require(ProviderID("tomba").flatMap { try? Catalog.builtIn()[$0] })
        let document = try JSONReader.read(OpenAPIDocument.json([definition], hasClients: false))
        let schemes = document["components"]?["securitySchemes"]
        #expect(schemes?["tomba"] == ["type": "apiKey", "in": "header", "name": "X-Tomba-Key"])
        #expect(schemes?["tomba.second"] == ["type": "apiKey", "in": "header", "name": "X-Tomba-Secret"])
        for path in ["/providers/tomba/v1/me", "/providers/tomba@{account}/v1/me"] {
            let alternatives = try #require(document["paths"]?[path]?["get"]?["security"]?.elements)
            #expect(alternatives.contains(["tomba": [], "tomba.second": []]), "\(path)")
            #expect(!alternatives.contains(["tomba": []]), "\(path)")
        }
    }

    private static func references(in value: JSONValue) -> [String] {
        switch value {
        case .array(let elements): elements.flatMap { references(in: $0) }
        case .object(let object):
            object.members.flatMap { $0.key == "$ref" ? [$0.value.text ?? ""] : references(in: $0.value) }
        case .null, .bool, .number, .string: []
        }
    }

    @Test func `health does not ask anybody, and a foreign host name is told which setting to change`() async throws {
        try await TestGateway.with(TestGateway.five) { gateway async throws in
            #expect(try await gateway.get("/livez").status == 200)
            #expect(try await gateway.get("/readyz").status == 200)
            let foreign = try await gateway.get("/v1/balances", ("host", "evil.example"))
            #expect(foreign.status == 421)
            #expect(foreign.text.contains("hosts:"))
            #expect(try await gateway.get("/metrics").text.contains("bursar_build_info"))
            for provider in TestGateway.routes.keys { #expect(try gateway.mocks.calls(for: provider) == 0) }
        }
    }

    @Test func `metrics show held amounts with the provider's digits`() async throws {
        try await TestGateway.with(["provider: tensorpix, key: mock-balance-12.3400"]) { gateway async throws in
            _ = try await gateway.get("/v1/balances")
            let metrics = try await gateway.get("/metrics").text
            #expect(
                metrics.contains(#"bursar_balance{provider="tensorpix",account="default",kind="available",unit="USD"} 12.3400"#))
            #expect(metrics.contains(#"bursar_upstream_calls_total{provider="tensorpix"} 1"#))
            #expect(try gateway.mocks.calls(for: "tensorpix") == 1)
        }
    }
}
