import BursarClient
import BursarEngine
import BursarModel
import BursarUpstream
import TestSupport
import Testing

/// A provider is there again, or elsewhere: how soon its accounts are.
@Suite(.timeLimit(.minutes(1))) struct RecoveryTests {
    @Test func `C3: a configuration that was read lets go of every connection, once`() throws {
        let fixture = Fixture()
        let account = try fixture.account()
        #expect(fixture.transport.retirements == 0)
        fixture.refresher.forget(exceptFor: [account.key])
        #expect(fixture.transport.retirements == 1)
    }

    @Test func `C2: twenty-four accounts of a provider that was deaf are all fresh within 30 s of its being well`() async throws {
        let fixture = Fixture()
        let accounts = try (0..<24).map { try fixture.account("canary-of-account-\($0)") }
        var answered = 0

        /// All ask that may, and every call is ended as the provider is.
        func round(isWell: Bool) async throws {
            for account in accounts { _ = fixture.refresher.request(account, demand: .anyCached) }
            try await eventually {
                while answered < fixture.transport.callCount {
                    let call = await fixture.transport.call(answered)
                    answered += 1
                    if isWell { call.answer(200, Fixture.body("1")) } else { call.end(.fault(.timeout)) }
                }
                return fixture.refresher.callsUnderWay == 0
            }
        }

        for _ in 0..<2 {
            try await round(isWell: false)
            fixture.clock.advance(by: .seconds(20))
        }
        #expect(accounts.allSatisfy { fixture.refresher.view($0).problem?.code == .timeout })
        let well = fixture.clock.now.monotonic
        for _ in 0..<60 where !accounts.allSatisfy({ fixture.refresher.view($0).status == .fresh }) {
            try await round(isWell: true)
            fixture.clock.advance(by: .seconds(1))
        }
        #expect(accounts.allSatisfy { fixture.refresher.view($0).status == .fresh })
        #expect(well.duration(to: fixture.clock.now.monotonic) <= .seconds(30))
    }
}
