import BursarModel
import TestSupport
import Testing

@testable import BursarEngine

@Suite struct `A simulated year` {
    /// Whoever fails for an hour is asked: five times until the circuit opens, then after 30 s and its doublings to 10 min; or
    /// three times as told and then after 30 s and its doublings to 15 min; or every 5 min. Each makes some 15 calls at the most;
    /// one that tells the truth about short waits is asked as often as it says.
    private static let mostCallsInAHopelessHour = 20
    /// Whom nobody hears is no worse off for being called: every 25 s.
    private static let mostCallsInADeafHour = 160

    @Test func `of outages, throttling, lies and restarts: nobody is hammered, and no budget is exceeded`() throws {
        let seed = RandomTest.seed("simulated year")
        let clock = ContinuousClock()
        let began = clock.now
        var simulation = SimulatedYear(seed: seed)
        simulation.run()
        print("simulated year in \(clock.now - began), \(simulation.restarts) restarts")
        for (number, account) in simulation.accounts.enumerated() {
            let budget = try #require(account.policy.budget)
            // Over the whole year, and in the fullest window of it.
            let allowed = Int(SimulatedYear.year / budget.window.nanoseconds) * budget.calls
            let hours = account.provider.fullestHours
            print(
                "  account \(number + 1): \(account.answers) questions, \(account.callsMade) calls made,",
                "\(allowed) allowed; fullest window \(account.mostInWindow) of \(budget.calls)",
                "| \(account.refusals) times 429, \(account.overdue) overdue, \(account.lateLandings) landed late,",
                "\(account.answersWithValue) answered without waiting, \(account.provider.recoveries) recoveries;",
                "fullest hour:",
                hours.sorted { $0.key.rawValue < $1.key.rawValue }.map { "\($0.key) \($0.value)" }.joined(separator: ", "))
            #expect(account.callsMade <= allowed && account.mostInWindow <= budget.calls, "more calls than documented")
            // Two of three budgets are asked for more than they give: a budget that is not kept would be seen.
            if number > 0 { #expect(account.mostInWindow == budget.calls, "the budget was never needed") }
            for (mood, calls) in hours where mood.isHopeless {
                #expect(calls <= (mood == .deaf ? Self.mostCallsInADeafHour : Self.mostCallsInAHopelessHour), "\(mood): hammered")
            }
            #expect(account.provider.recoveries > 10, "never well again")
            #expect(account.provider.knocksTooEarly == 0, "a provider that told the truth was asked too early")
            #expect(account.provider.moods.count == SimulatedProvider.Mood.allCases.count, "a mood never came")
            #expect(account.callsMade > 1_000 && account.lateLandings > 0 && account.refusals > 0, "too quiet a year")
        }
        #expect(simulation.broken == [])
        #expect(simulation.restarts > 0)
    }
}
