import BursarCatalog
import BursarMocks
import Foundation
import NIOHTTP1
import TestSupport
import Testing

@testable import BursarGateway

/// The exit codes of `bursar guard`, with the program as a process of its own: a job stands behind `&&`.
@Suite(.serialized, .timeLimit(.minutes(2)))
struct GuardProgramTests {
    private func guarding(_ gateway: TestGateway, _ arguments: [String]) async throws -> (status: Int32, output: String) {
        let program = try ChildProgram(["guard", "--url", gateway.url] + arguments)
        let status = await program.untilEnd()
        for bytes in [program.output, program.complaint] { gateway.outflow.saw(bytes) }
        return (status, String(decoding: program.output, as: UTF8.self) + program.complaintText)
    }

    private func expect(
        _ gateway: TestGateway, _ arguments: String..., code: Int32, says words: String,
        location: SourceLocation = #_sourceLocation
    ) async throws {
        let end = try await guarding(gateway, arguments)
        #expect(end.status == code && end.output.contains(words), "\(arguments): \(end)", sourceLocation: location)
        // Unknown passes for enough only where somebody said so; a wrong question and too little never do.
        let open = try await guarding(gateway, arguments + ["--fail-open"])
        #expect(open.status == (code == 69 ? 0 : code), "\(arguments) --fail-open: \(open)", sourceLocation: location)
    }

    @Test func `enough is 0, too little is 1, and a wrong question is 64`() async throws {
        try await TestGateway.with(["provider: sunor, key: mock-balance-20.5"]) { gateway async throws in
            // Cold: nobody has asked before.
            try await expect(gateway, "sunor/default", "--needs", "20.5", code: 0, says: "yes: sunor/default has 20.5")
            try await expect(gateway, "sunor", "--needs", "20.51", code: 1, says: "no: sunor/default has 20.5")
            try await expect(gateway, "sunor", "--needs", "1", "--unit", "EUR", code: 64, says: "It has: ")
            try await expect(gateway, "nobody", "--needs", "1", code: 64, says: "nobody")
            try await expect(gateway, "sunor", "--needs", "0", code: 64, says: "above 0")
            try await expect(gateway, "sunor", "--needs", "many", code: 64, says: "above 0")
            try await expect(gateway, "sunor", "--needs", "1", "--fresh", "soon", code: 64, says: "duration")
            let json = try await guarding(gateway, ["sunor", "--needs", "1", "--json"])
            #expect(json.status == 0 && json.output.contains(#""decision":"yes""#))
            let text = try await guarding(gateway, ["sunor"])
            #expect(text.status == 64)
        }
    }

    @Test func `what others claimed is not there to be spent`() async throws {
        try await TestGateway.with(["provider: sunor, key: mock-balance-20"]) { gateway async throws in
            let body = Array(#"{"account":"sunor","amount":"15"}"#.utf8)
            #expect(try await gateway.send("/v1/claims", method: .POST, [("idempotency-key", "a")], body: body).status == 201)
            try await expect(gateway, "sunor", "--needs", "6", code: 1, says: "claimed 15")
            try await expect(gateway, "sunor", "--needs", "5", code: 0, says: "claimed 15")
        }
    }

    @Test(arguments: [
        ("401", "rejected the key; asked again in 5 min"), ("403", "; asked again in "),
        ("429-retry-after-300", "asked to wait; asked again in 5 min"), ("500", "answered with an error; asked again in "),
        ("html", "answered with something it does not document; asked again in "),
        ("503-retry-after-60", "; asked again in 1 min")
    ])
    func `what cannot be read is 69, and says why and until when`(scenario: String, why: String) async throws {
        try await TestGateway.with(["provider: sunor, key: mock-\(scenario)"]) { gateway async throws in
            let end = try await guarding(gateway, ["sunor", "--needs", "0.01"])
            #expect(end.output.hasPrefix("unknown: sunor/default cannot be read: the provider "), "\(end.output)")
            try await expect(gateway, "sunor", "--needs", "0.01", code: 69, says: why)
            let json = try await guarding(gateway, ["sunor", "--needs", "0.01", "--json"])
            #expect(json.output.contains(#""reason":"unavailable""#) && json.output.contains(#""have":null"#))
        }
    }

    @Test func `a reading that is too old in a cooldown is 69, and enough for who is content with it`() async throws {
        try await TestGateway.with(["provider: sunor, key: a-key-that-names-no-scenario"]) { gateway async throws in
            try await expect(gateway, "sunor", "--needs", "0.01", code: 0, says: "yes")
            try gateway.mocks.set(#require(MockScenario("429-retry-after-300")), for: "sunor")
            gateway.clock.advance(by: .seconds(60))
            try await expect(
                gateway, "sunor", "--needs", "0.01", code: 69,
                says: "(stale, read 1 min ago): the provider asked to wait; asked again in ")
            try await expect(gateway, "sunor", "--needs", "0.01", "--fresh", "5m", code: 0, says: "yes")
        }
    }

    @Test func `an unlimited account has no number to spend from: 69`() async throws {
        let upstream = try await RecordingUpstream.start(
            answering: #"{"data": {"limit": null, "limit_remaining": null, "usage": 25.5}}"#)
        try await TestGateway.with(["provider: openrouter-key, key: a-key-of-nobody, base_url: '\(upstream.url)'"]) {
            gateway async throws in
            try await expect(gateway, "openrouter-key", "--needs", "1", code: 69, says: "(no_amount)")
            try await expect(gateway, "openrouter-key", "--needs", "1", "--unit", "USD", code: 69, says: "(no_amount)")
        }
        await upstream.stop()
    }

    @Test func `a provider that does not answer is waited for as long as a call may take, then it is 69`() async throws {
        try await TestGateway.with(["provider: sunor, key: mock-hang"]) { gateway async throws in
            let program = try ChildProgram(["guard", "--url", gateway.url, "sunor", "--needs", "1"])
            try await eventually { try gateway.mocks.calls(for: "sunor") > 0 }
            gateway.clock.advance(by: .seconds(60))
            #expect(await program.untilEnd() == 69)
        }
    }

    @Test func `no gateway is 69, and with fail-open 0`() async throws {
        let port = try await LocalProgram.freePort()
        for (more, code) in [([], 69), (["--fail-open"], 0)] as [([String], Int32)] {
            let program = try ChildProgram(["guard", "--url", "http://127.0.0.1:\(port)", "sunor", "--needs", "1"] + more)
            #expect(await program.untilEnd() == code, "\(program.complaintText)")
        }
    }
}
