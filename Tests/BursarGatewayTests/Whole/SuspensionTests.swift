import BursarCatalog
import BursarMocks
import TestSupport
import Testing

@testable import BursarGateway

/// The clock that readings are judged by leaps ahead of the event loops' own, as it does while a machine is suspended.
@Suite(.timeLimit(.minutes(2)))
struct SuspensionTests {
    @Test(arguments: ["/v1/balances", "/providers/sunor/api/v1/account/balance"])
    func `an answer that stood ready before a suspension is not fresh after it`(path: String) async throws {
        try await TestGateway.with(["provider: sunor, key: mock-ok, ttl: 10m"]) { gateway async throws in
            for _ in 0..<4 { _ = try await gateway.get(path) }
            #expect(try gateway.mocks.calls(for: "sunor") == 1)
            gateway.clock.advance(by: .seconds(8 * 3_600))
            // An event loop looks once a second, of real time.
            try await eventually(
                {
                    _ = try await gateway.get(path)
                    return try gateway.mocks.calls(for: "sunor") >= 2
                }, pause: .milliseconds(10))
            #expect(try gateway.mocks.calls(for: "sunor") == 2)
        }
    }
}
