import BursarModel
import Testing

@testable import BursarEngine

@Suite struct `A simulated year` {
    @Test func `of outages, throttling, lies and restarts: nobody is hammered, and no budget is exceeded`() {
        let seed = printedSeed("simulated year")
        let clock = ContinuousClock()
        let began = clock.now
        var simulation = SimulatedYear(seed: seed)
        simulation.run()
        print("simulated year in \(clock.now - began), \(simulation.restarts) restarts")
        for (number, account) in simulation.accounts.enumerated() {
            let allowed = account.policy.budget.map { budget in
                // Over the whole year, and in the fullest window of it.
                let windows = Int(SimulatedYear.year / budget.window.nanoseconds)
                return "\(windows * budget.calls) allowed; fullest window \(account.mostInWindow) of \(budget.calls)"
            }
            print(
                "  account \(number + 1): \(account.answers) questions, \(account.callsMade) calls made,",
                allowed ?? "no documented limit",
                "| \(account.refusals) times 429, \(account.overdue) overdue, \(account.lateLandings) landed late,",
                "\(account.answersWithValue) answered without waiting")
            #expect(account.provider.knocksTooEarly == 0, "a provider that told the truth was asked too early")
            #expect(account.provider.moods.count == SimulatedProvider.Mood.allCases.count, "a mood never came")
            #expect(account.callsMade > 1_000 && account.lateLandings > 0 && account.refusals > 0, "too quiet a year")
        }
        #expect(simulation.broken == [])
        #expect(simulation.restarts > 0)
    }
}
