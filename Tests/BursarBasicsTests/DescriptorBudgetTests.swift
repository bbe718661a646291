import Testing

@testable import BursarBasics

@Suite struct DescriptorBudgetTests {
    @Test func `a soft limit that is too low is raised to what is needed (A13)`() {
        let budget = DescriptorBudget(connections: 10_000, calls: 66, soft: 1_024, hard: 1_048_576)
        #expect(budget.limit == 10_194)
        #expect(budget.connections == 10_000)
        #expect(budget.isEnough)
    }

    @Test func `a limit that is high enough stays`() {
        #expect(DescriptorBudget(connections: 100, calls: 66, soft: 65_536, hard: 65_536).limit == 65_536)
    }

    @Test func `a hard limit that is too low costs connections and not calls`() {
        let budget = DescriptorBudget(connections: 10_000, calls: 66, soft: 1_024, hard: 4_096)
        #expect(budget.limit == 4_096)
        #expect(budget.connections == 4_096 - 194)
        #expect(!budget.isEnough)
    }

    @Test func `of a very low limit three quarters are kept back`() {
        #expect(DescriptorBudget(connections: 10_000, calls: 66, soft: 64, hard: 64).connections == 16)
        #expect(DescriptorBudget(connections: 10_000, calls: 66, soft: 40, hard: 40).connections == 10)
        #expect(DescriptorBudget(connections: 10_000, calls: 66, soft: 1, hard: 1).connections == 1)
    }

    @Test func `no limit at all is enough`() {
        #expect(DescriptorBudget(connections: 10_000, calls: 0, soft: .max, hard: .max).isEnough)
    }
}
