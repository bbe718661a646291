import BursarCatalog
import Foundation
import TestSupport
import Testing

@testable import BursarGateway
@testable import BursarText

/// A provider whose answer has changed where nobody reads it.
@Suite struct DriftTests {
    private static let definition = AcmeDefinition.yaml(
        schema: "{type: object, properties: {balance: {type: number}, plan: {type: object}, kind: {enum: [a, b]}}}",
        example: "{balance: 1, plan: {}, kind: a}", mapping: "amounts: [{unit: USD, available: balance}]")

    @Test func `the reading lives, the log says it once, and explain for as long as it lasts`() async throws {
        let folder = try ScratchFolder()
        defer { folder.remove() }
        let file = try folder.write(Self.definition, to: "acme.yaml")
        let upstream = try await RecordingUpstream.start(answering: #"{"balance": 12.50, "plan": null, "kind": "c"}"#)
        let account = "provider: acme, key: 'some-key-of-mine', base_url: '\(upstream.url)'"
        try await TestGateway.with([account], settings: "providers: ['\(file)']") { gateway async throws in
            for _ in 0..<2 {
                let list = try await gateway.get("/v1/balances", ("cache-control", "no-cache"))
                #expect(list.row(0)?["available"] == "12.50")
                #expect(list.row(0)?["problem"] == .null)
            }
            #expect(upstream.requests.count == 2)
            let explained = try await gateway.get("/v1/explain/acme/default")
            #expect(
                explained.json?["drift"] == ["plan is null where object is documented", "kind is none of the documented values"])
            #expect(ExplainAnswer(json: explained.bytes)?.text.contains("not as told   plan is null") == true)
            #expect(await gateway.log.contains("kind is none of the documented values"))
            let told = gateway.log.text.components(separatedBy: "plan is null where object is documented").count - 1
            #expect(told == 1)
        }
        await upstream.stop()
    }
}
