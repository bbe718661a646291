import BursarModel
import Testing

@testable import BursarCatalog

/// The documents say what the program does.
@Suite struct DocumentationTests {
    private static let root = #filePath.split(separator: "/").dropLast(4).map { "/" + $0 }.joined()

    private func document(_ path: String) throws -> String {
        let file = try #require(try DefinitionFolder.files(at: Self.root + "/docs/" + path).first)
        return String(decoding: file.bytes, as: UTF8.self)
    }

    /// The fenced blocks of one language.
    private func blocks(_ language: String, in text: String) -> [String] {
        var blocks: [String] = []
        var current: String?
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            if line == "```\(language)" {
                current = ""
            } else if line == "```", let block = current {
                blocks.append(block)
                current = nil
            } else if let block = current {
                current = block + line + "\n"
            }
        }
        return blocks
    }

    @Test func `the worked example is a definition, and means what the text says`() throws {
        let yaml = try #require(blocks("yaml", in: try document("adding-a-provider.md")).first)
        let acme = try Catalog.single(yaml)
        #expect(Catalog.problems(yaml).isEmpty)
        #expect(acme.origin + acme.path == "https://api.acme.example/v2/billing/balance")
        #expect(acme.environmentVariables == ["ACME_API_KEY"])
        #expect(acme.budget == CallLimit(calls: 6, window: .seconds(60)))
        let body = #"{"ok": true, "data": {"balance": "41.2500", "currency": "USD", "pending": "1.0000", "low": false}}"#
        #expect(acme.amounts(body) == ["available 41.2500 USD", "reserved 1.0000 USD", "total 42.2500 USD"])
        #expect(acme.reading(body)?.providerSaysLow == false)
        #expect(acme.failure(#"{"ok": false, "error": {"code": "bad_key", "message": "…"}}"#)?.code == .unauthorized)
        #expect(acme.failure(#"{"ok": false, "error": {"code": "bad_key", "message": "…"}}"#, status: 401)?.documented == true)
    }

    @Test func `the promised diagnostic is the one that is printed`() throws {
        let text = try document("adding-a-provider.md")
        let yaml = try #require(blocks("yaml", in: text).first)
        let problems = Catalog.problems(
            yaml.replacing("available: balance", with: "avialable: balance"), name: "providers/acme.yaml")
        #expect(problems.map(\.description).allSatisfy { text.contains($0) }, "\(problems)")
        #expect(problems.count == 1)
    }

    @Test func `every key of the mapping is documented`() throws {
        let text = try document("definition-reference.md")
        for key in MappingKey.all where key.section != .unit { #expect(text.contains("\n| `\(key.name)` |"), "\(key.name)") }
        for name in MappingKey.names(in: .unit) { #expect(text.contains("`\(name)`"), "\(name)") }
    }

    /// The providers that have a page of their own: the page says what the definition cannot.
    @Test(arguments: ["deepixels", "hyper3d", "legnext", "sunor", "tensorpix"])
    func `a provider's page has its route, variables, units and statuses`(name: String) throws {
        let definition = try Catalog.builtIn(name)
        let text = try document("providers/\(name).md")
        #expect(text.contains("`GET \(definition.origin)\(definition.path)`"))
        #expect(text.contains("`/providers/\(name)\(definition.path)`"))
        let value = definition.auth.headerValue(for: Secret("KEY")) ?? ""
        #expect(text.contains("`\(definition.auth.displayName): \(value)`"))
        for variable in definition.environmentVariables { #expect(text.contains("`\(variable)`")) }
        for unit in definition.unitNames { #expect(text.contains("`\(unit)`")) }
        for response in definition.responses where response.status.map({ $0 >= 400 }) ?? true {
            #expect(text.contains(response.key), "\(response.key)")
        }
    }
}
