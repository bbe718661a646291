import BursarModel
import Testing

@testable import BursarCatalog

/// Every file of the folder, by itself: adding a provider is adding its file, and this is what it has to pass.
@Suite struct BuiltInFolderTests {
    private static let ids = BuiltInDefinitions.shared.ids

    private func file(_ id: ProviderID) throws -> DefinitionFile { try #require(BuiltInDefinitions.shared.file(id)) }

    @Test(arguments: ids)
    func `a file is a definition of its own name, without a warning`(id: ProviderID) throws {
        let result = DefinitionReader.read(try file(id))
        #expect(result.diagnostics.map(\.description) == [])
        #expect(result.definition?.id == id)
    }

    @Test(arguments: ids)
    func `a file says where its facts are from, and how sure they are`(id: ProviderID) throws {
        let definition = try #require(BuiltInDefinitions.shared.read(id))
        #expect(!definition.provenance.sources.isEmpty)
        #expect(definition.provenance.read != nil)
        #expect(definition.provenance.certainty != nil)
    }

    /// Alerts, `explain` and the page send people there.
    @Test(arguments: ids)
    func `a file links to pages over https`(id: ProviderID) throws {
        let links = try #require(BuiltInDefinitions.shared.read(id)).links
        for link in [links.documentation, links.topUp, links.status].compactMap(\.self) {
            #expect(link.hasPrefix("https://"), "\(link)")
        }
    }

    @Test(arguments: ids)
    func `each example comes to what the file expects, to the last digit, and none is without an expectation`(id: ProviderID)
        throws
    {
        let definition = try #require(BuiltInDefinitions.shared.read(id))
        #expect(definition.examples.contains { if case .reading = $0.evaluation { true } else { false } })
        for example in definition.examples { #expect(example.expected == example.lines, "\(id) \(example.name)") }
        // Each documented response with a schema has an example, so nothing that is documented goes untried.
        for response in definition.responses where response.schema != nil {
            #expect(!response.examples.isEmpty, "\(id) \(response.key)")
        }
    }

    @Test(arguments: ids)
    func `the key is sent as documented, and read back from a caller`(id: ProviderID) throws {
        let definition = try #require(BuiltInDefinitions.shared.read(id))
        let auth = definition.auth
        let secret = Secret(auth.isPair ? "first-of-two:second-of-two" : "key-0123456789")
        let value = try #require(auth.headerValue(for: secret))
        let back: Secret?
        if auth.secondHeader != nil {
            back = auth.credential(inHeaderValue: value, second: try #require(auth.secondValue(for: secret)))
        } else {
            back = auth.credential(inHeaderValue: value)
        }
        #expect(back?.constantTimeEquals(secret) == true)
        // Nothing that is sent beside it holds a place for it.
        let parameters = Dictionary(
            definition.accountParameters.map { ($0.name, $0.allowed.first ?? "blue") }, uniquingKeysWith: { first, _ in first })
        let request = definition.request(CallValues(parameters: parameters, now: WallTime(seconds: 1_790_000_000), uuid: "u"))
        #expect(request?.target.contains("{") == false)
        #expect(definition.origin(parameters: parameters)?.hasPrefix("https://") == true)
    }

    @Test(arguments: ids)
    func `the line of variables is found without compiling`(id: ProviderID) throws {
        let definition = try #require(BuiltInDefinitions.shared.read(id))
        #expect(BuiltInDefinitions.shared.environmentVariables(id) == definition.environmentVariables)
    }

    @Test(arguments: ids)
    func `what is private is not in what is kept`(id: ProviderID) throws {
        let definition = try #require(BuiltInDefinitions.shared.read(id))
        for example in definition.examples {
            guard case .reading(let reading) = example.evaluation, let body = try? JSONReader.read(reading.reply.body) else {
                continue
            }
            for path in definition.plan.mapping.privatePaths {
                for value in path.values(in: body) {
                    #expect(value.isNull || value == .string(PrivateFields.mark), "\(id) \(path.text)")
                }
            }
        }
    }
}

extension ValuePath {
    /// All values that it leads to.
    fileprivate func values(in body: JSONValue) -> [JSONValue] {
        guard hasEach else { return value(in: body).map { [$0] } ?? [] }
        return elements(in: body)?.compactMap { behindEach.value(in: $0) } ?? []
    }
}
