@testable import BursarConfiguration
import BursarModel
import TestSupport
import Testing

@testable import BursarGateway

@Suite struct RetiredSecretsTests {
    private func configuration(_ keys: String...) throws -> Configuration {
        let accounts = keys.enumerated().map { "{provider: sunor, name: a\($0), key: \($1)}" }.joined(separator: ", ")
        return try #require(try readConfiguration("store: memory\naccounts: [\(accounts)]").configuration)
    }

    private func moment(_ seconds: Int64) -> Moment {
        Moment(monotonic: MonotonicTime(nanoseconds: seconds * 1_000_000_000), wall: WallTime(seconds: seconds))
    }

    @Test func `a key that was taken out is looked for until no call can carry it, however many reloads come (B2)`() throws {
        var retired = RetiredSecrets()
        let (first, second) = (
            try configuration("the-first-key", "another-key-1"), try configuration("the-second-key", "another-key-1")
        )
        retired.retire(first, for: second, now: moment(0))
        for second in 1..<20 {
            let same = try configuration("the-second-key", "another-key-1")
            retired.retire(same, for: same, now: moment(Int64(second)))
        }
        // What stays configured is not kept twice.
        #expect(retired.secrets.map(\.exposedText) == ["the-first-key"])
        retired.retire(second, for: second, now: moment(601))
        #expect(retired.secrets.isEmpty)
    }
}
