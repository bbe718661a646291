import BursarInsight
import BursarModel
import Testing

@testable import BursarGateway

@Suite struct `How sending to a target went` {
    private let time = WallTime(seconds: 1_800_000_000)

    @Test func `a test that somebody broke off says nothing of its target`() {
        var health = TargetHealth()
        #expect(health.ended(.failed(reason: "cancelled", mayHaveArrived: true, retryAfter: nil), at: time) == nil)
        #expect(health == TargetHealth())
        let timeout = AlertOutcome.failed(reason: "timeout", mayHaveArrived: true, retryAfter: nil)
        #expect(health.ended(timeout, at: time) == .failing(reason: "timeout"))
        let failing = health
        #expect(health.ended(.failed(reason: "cancelled", mayHaveArrived: true, retryAfter: nil), at: time) == nil)
        #expect(health == failing && health.ended(.delivered, at: time) == .recovered)
    }
}
