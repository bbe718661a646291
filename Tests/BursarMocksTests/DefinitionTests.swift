import BursarCatalog
import BursarModel
import Testing

@testable import BursarMocks

/// The scenarios over the definitions that are really there: what a mock sends is what its definition reads, or refuses, as the
/// scenario says.
struct DefinitionTests {
    private static let definitions = builtIn.definitions
    private static let names = definitions.map(\.id.name)
    private static let builtIn = (try? Catalog.builtIn()) ?? .empty
    /// Made once: some of these tests ask each of them many times.
    private static let byName = Dictionary(definitions.map { ($0.id.name, $0) }) { first, _ in first }
    private static let mocks = byName.compactMapValues { MockProvider($0) }
    /// Providers whose page has a figure of any number of digits in the place of the row's own.
    private static let decimals: Set = ["deepixels", "tensorpix", "legnext", "sunor", "hyper3d"]

    private func definition(_ name: String) throws -> ProviderDefinition {
        try #require(Self.byName[name])
    }

    /// What the definition makes of the answer, as Bursar would.
    private func evaluate(_ scenario: String, _ name: String, turn: Int = 1) throws -> Evaluation {
        let definition = try definition(name)
        let provider = try #require(Self.mocks[name])
        let scenario = try #require(MockScenario(scenario))
        let answer = provider.answer(
            .init(turn: .init(scenario: scenario, number: turn), key: Secret("k"), now: WallTime(milliseconds: 0)))
        return definition.evaluate(status: answer.status, contentType: answer.contentType, body: answer.body)
    }

    private func amount(_ scenario: String, _ name: String, turn: Int = 1) throws -> ExactDecimal? {
        guard case .reading(let reading) = try evaluate(scenario, name, turn: turn) else { return nil }
        return (reading.available ?? reading.amounts.first)?.value
    }

    private func failure(_ scenario: String, _ name: String) throws -> EvaluatedFailure? {
        guard case .failure(let failure) = try evaluate(scenario, name) else { return nil }
        return failure
    }

    @Test(arguments: ["drift", "top-up", "depleted", "low"])
    func `a total follows the first amount`(scenario: String) throws {
        guard case .reading(let reading) = try evaluate(scenario, "sunor", turn: 3) else {
            Issue.record("no reading")
            return
        }
        let values = Dictionary(reading.amounts.map { ($0.kind, $0.value) }) { first, _ in first }
        #expect(values[.available] != ExactDecimal("950"))
        let available = try #require(values[.available]), reserved = try #require(values[.reserved])
        #expect(values[.total] == available.adding(reserved), "\(values)")
    }

    @Test func `every definition has a mock`() throws {
        #expect(Self.definitions.count >= 90)
        for definition in Self.definitions { #expect(Self.mocks[definition.id.name] != nil, "\(definition.id)") }
    }

    @Test(arguments: names)
    func `every documented example is served byte for byte, by its name`(name: String) throws {
        let definition = try definition(name)
        let provider = try #require(Self.mocks[name])
        for example in definition.examples {
            let scenario = try #require(MockScenario("example-" + example.name.replacing(" ", with: "-")))
            let answer = provider.answer(
                .init(turn: .init(scenario: scenario, number: 1), key: Secret("k"), now: WallTime(milliseconds: 0)))
            #expect(answer.status == example.status)
            #expect(answer.body == example.body, "\(name) \(example.name)")
        }
        #expect(try failure("example-of-nothing", name) != nil)
    }

    @Test(arguments: names)
    func `a good answer reads as a reading with the amount that was asked for`(name: String) throws {
        #expect(try amount("ok", name) != nil)
        #expect(try amount("balance-12", name) == ExactDecimal(12))
        // A provider that counts in whole numbers, or in other units than it shows, cannot say every decimal.
        if Self.decimals.contains(name) {
            #expect(try amount("balance-12.3400", name)?.description == "12.3400")
        }
        #expect(try amount("depleted", name)?.isZero == true)
        #expect(try amount("low", name) == ExactDecimal(1))
        #expect(try amount("huge", name) == nil)
        let big = try #require(try amount("big-number", name))
        if Self.decimals.contains(name) { #expect(big > ExactDecimal(9_999_999)) }
    }

    @Test(arguments: names)
    func `an account without money is low where the provider says such a thing`(name: String) throws {
        for scenario in ["depleted", "low"] {
            guard case .reading(let reading) = try evaluate(scenario, name) else {
                Issue.record("no reading")
                return
            }
            #expect(reading.providerSaysLow ?? true)
        }
    }

    @Test(arguments: names)
    func `drift only falls, and a top-up brings it back`(name: String) throws {
        var last = try #require(try amount("drift", name, turn: 1))
        for turn in [2, 3, 10, 50, 99, 100, 101, 102, 150, 200] {
            let next = try #require(try amount("drift", name, turn: turn))
            #expect(next < last || next.isZero)
            last = next
        }
        #expect(last.isZero)
        #expect(try amount("top-up", name, turn: 6) == amount("top-up", name, turn: 1))
        let fifth = try #require(try amount("top-up", name, turn: 5))
        let first = try #require(try amount("top-up", name, turn: 1))
        #expect(fifth < first)
    }

    @Test(arguments: names)
    func `an error has the code its status means`(name: String) throws {
        #expect(try failure("401", name)?.code == .unauthorized)
        // Where a definition says so, a 403 is a wrong key.
        let refusal = try failure("403", name)?.code
        #expect(refusal == .forbidden || refusal == .unauthorized)
        #expect(try failure("429-retry-after-3", name)?.code == .rateLimited)
        #expect(try failure("500", name)?.code == .upstreamError)
        #expect(try failure("503", name)?.code == .upstreamError)
    }

    @Test(arguments: names, ["html", "wrong-types", "duplicate-keys", "truncated-json"])
    func `a success that is none is refused`(name: String, scenario: String) throws {
        // A list of one number has no key that could stand twice.
        let isPlainList = try definition(name).responses.first { $0.key == "200" }?.example?.first == UInt8(ascii: "[")
        if isPlainList, scenario == "duplicate-keys" { return }
        #expect(try failure(scenario, name)?.code == .invalidResponse)
    }

    @Test(arguments: names)
    func `an error inside 200 is one of the provider's own kind, and never an amount`(name: String) throws {
        let isTold = try definition(name).openAPI["x-bursar"]?["success"] != nil
        for scenario in ["error-inside-200", "error-inside-200-401", "error-inside-200-429"] {
            switch try evaluate(scenario, name) {
            case .reading(let reading):
                // An outcome that is no failure: nothing is left, or there is no plan.
                #expect(reading.amounts.allSatisfy(\.value.isZero), "\(name) \(scenario)")
            case .failure(let failure):
                #expect(!isTold || failure.code != .invalidResponse, "\(name) \(scenario): \(failure.reason)")
            }
        }
    }

    @Test(arguments: names)
    func `without a credential the documented error comes`(name: String) throws {
        let definition = try definition(name)
        let answer = try #require(Self.mocks[name]).unauthenticated()
        guard
            case .failure(let failure) = definition.evaluate(
                status: answer.status, contentType: answer.contentType, body: answer.body)
        else {
            Issue.record("a reading without a credential")
            return
        }
        #expect([.unauthorized, .forbidden].contains(failure.code))
    }

    @Test(arguments: names)
    func `an error that is documented for several statuses comes in that form`(name: String) throws {
        let definition = try definition(name)
        let provider = try #require(Self.mocks[name])
        for status in [400, 404, 418, 500, 502] {
            let key = "\(status / 100)XX"
            guard definition.responses.contains(where: { [key, "default"].contains($0.key) && $0.schema != nil }) else {
                continue
            }
            let answer = provider.failure(status)
            #expect(answer.contentType?.contains("json") == true, "\(name) \(status)")
        }
    }

    @Test func `a definition that cannot be read is an error that says where`() async throws {
        await #expect(throws: MockError.self) { _ = try await MockProviders.start(definitions: ["/nonexistent/x.yaml"]) }
        do {
            _ = try await MockProviders.start(definitions: ["/nonexistent/x.yaml"])
        } catch {
            #expect(error.description.contains("/nonexistent/x.yaml"))
        }
    }

    @Test func `over a socket the documented credential is taken, another form is not, and a slash belongs to a path`()
        async throws
    {
        let mocks = try await MockProviders.start()
        for name in ["tensorpix", "sunor", "hyper3d"] {
            let definition = try definition(name)
            let path = "/\(name)\(definition.path)"
            let value = try #require(definition.auth.headerValue(for: Secret("mock-ok")))
            let good = try await RawClient.get(path, port: mocks.port, headers: ["\(definition.auth.displayName): \(value)"])
            #expect(good.status.map { (200...299).contains($0) } == true)
            #expect(good.header("Bursar-Mock") == "ok")
            let bad = try await RawClient.get(path, port: mocks.port)
            #expect(bad.status == 401)
            #expect(bad.header("Bursar-Mock") == "unauthenticated")
            let slash = try await RawClient.get(
                path.hasSuffix("/") ? String(path.dropLast()) : path + "/", port: mocks.port,
                headers: ["\(definition.auth.displayName): \(value)"])
            #expect(slash.status == 404)
        }
        await mocks.stop()
    }

    @Test func `of a pair the password names the scenario`() async throws {
        let mocks = try await MockProviders.start()
        let definition = try definition("verifalia")
        let value = try #require(definition.auth.headerValue(for: Secret("jane:mock-401")))
        let answer = try await RawClient.get(
            "/verifalia\(definition.path)", port: mocks.port, headers: ["Authorization: \(value)"])
        #expect(answer.status == 401)
        #expect(answer.header("Bursar-Mock") == "401")
        await mocks.stop()
    }
}
