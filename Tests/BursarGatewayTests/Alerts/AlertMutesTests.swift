import BursarCatalog
import NIOHTTP1
import TestSupport
import Testing

@testable import BursarGateway
@testable import BursarText

/// A mute is seen wherever somebody looks for it, and answers have the members that docs/openapi.yaml names.
@Suite(.timeLimit(.minutes(2)))
struct AlertMutesTests {
    /// Names that a schema does not have, or demands and the answer has not.
    private func differences(_ answer: JSONValue?, _ schema: JSONValue?) -> [String] {
        let known = Set(schema?["properties"]?.object?.members.map(\.key) ?? [])
        let has = Set(answer?.object?.members.map(\.key) ?? [])
        let demanded = Set(schema?["required"]?.elements?.compactMap(\.text) ?? [])
        return has.subtracting(known).sorted() + demanded.subtracting(has).sorted()
    }

    @Test func `a mute of an account without rules is shown until it ends`() async throws {
        let folder = try ScratchFolder()
        defer { folder.remove() }
        let gateway = try await TestGateway.start(
            ["provider: sunor, key: mock-ok"], listen: "['127.0.0.1:0', 'unix:\(folder.file("s"))']")
        do {
            let path = "/v1/alerts/mutes/sunor/default"
            let until = try await gateway.asOperator(path + "?for=1h", method: .PUT).json?["muted_until"]?.text
            #expect(until != nil)
            _ = try await gateway.get("/v1/balances")
            let listed = try await gateway.get("/v1/alerts")
            #expect(listed.json?["mutes"]?[0]?["account"]?.text == "sunor/default", "\(listed.text)")
            #expect(listed.json?["mutes"]?[0]?["until"]?.text == until, "\(listed.text)")
            let explained = try await gateway.get("/v1/explain/sunor/default")
            #expect(explained.json?["muted_until"]?.text == until, "\(explained.text)")
            let schemas = try JSONReader.read(OpenAPIDocument.json([], hasClients: false))["components"]?["schemas"]
            #expect(differences(listed.json, schemas?["Alerts"]) == [])
            let mute = schemas?["Alerts"]?["properties"]?["mutes"]?["items"]
            #expect(differences(listed.json?["mutes"]?[0], mute) == [])
            #expect(differences(explained.json, schemas?["Explanation"]) == [])
            gateway.clock.advance(by: .seconds(3_600))
            #expect(try await gateway.get("/v1/alerts").json?["mutes"]?.elements?.isEmpty == true)
            #expect(try await gateway.get("/v1/explain/sunor/default").json?["muted_until"] == .null)
        } catch {
            try await gateway.stop()
            throw error
        }
        try await gateway.stop()
    }
}
