import BursarCatalog
import BursarMocks
import TestSupport
import Testing

@testable import BursarGateway

/// What `GET /v1/alerts` does not show, of the whole gateway over real sockets; time is moved.
@Suite(.timeLimit(.minutes(2)))
struct WithheldAmountsTests {
    /// Its key names no scenario: it gets what is set.
    private static func account(_ key: String) -> String { "provider: sunor, key: \(key), ttl: 10s, alerts: [{below: 50}]" }

    private static let settings = "targets: [{name: ops, kind: command, command: [/bin/true]}]"

    /// - Parameter value: waits for it, because the desk looks at what was before first, in a task of its own.
    private func ask(_ gateway: TestGateway, until value: String? = nil) async throws -> JSONValue? {
        gateway.clock.advance(by: .seconds(11))
        _ = try await gateway.get("/v1/balances", ("cache-control", "no-cache"))
        var alert: JSONValue?
        try await eventually {
            alert = try await gateway.get("/v1/alerts").json?["alerts"]?[0]
            return value == nil || alert?["value"]?.text == value
        }
        return alert
    }

    @Test func `an amount that is withheld elsewhere is not listed`() async throws {
        try await TestGateway.with([Self.account("abcdefgh-1")], settings: Self.settings) { gateway async throws in
            try gateway.mocks.set(.balance("950"), for: "sunor")
            #expect(try await ask(gateway, until: "950") != nil)
            try gateway.mocks.set(.status(401), for: "sunor")
            let rejected = try await ask(gateway)
            #expect(rejected?["state"]?.text == "unknown" && rejected?["value"] == .null && rejected?["unit"] == .null)
        }
    }

    @Test func `an amount of the key before is not listed`() async throws {
        try await TestGateway.with([Self.account("abcdefgh-1")], settings: Self.settings) { gateway async throws in
            try gateway.mocks.set(.balance("950"), for: "sunor")
            #expect(try await ask(gateway, until: "950") != nil)
            await gateway.reload([Self.account("abcdefgh-2")], settings: Self.settings)
            let replaced = try await gateway.get("/v1/alerts").json?["alerts"]?[0]
            #expect(replaced?["state"]?.text == "unknown" && replaced?["value"] == .null)
            try gateway.mocks.set(.balance("940"), for: "sunor")
            #expect(try await ask(gateway, until: "940") != nil)
        }
    }
}
