import Synchronization
import Testing

@testable import BursarModel

@Suite struct ScrubberBoxTests {
    @Test func `configured credentials are known until the next configuration`() {
        let box = ScrubberBox()
        #expect(box.scrub("first-secret second-secret") == "first-secret second-secret")
        box.configure([Secret("first-secret")])
        #expect(box.scrub("first-secret second-secret") == "[redacted] second-secret")
        box.configure([Secret("second-secret")])
        #expect(box.scrub("first-secret second-secret") == "first-secret [redacted]")
    }

    @Test func `a held credential is known while somebody holds it`() {
        let box = ScrubberBox()
        var first: SecretHold? = box.hold(Secret("passed-through"))
        let second = box.hold(Secret("passed-through"))
        #expect(box.scrub("passed-through") == "[redacted]")
        first = nil
        #expect(first == nil)
        // Beyond what lingers, only the second hold keeps it.
        for index in 0..<3_000 { _ = box.hold(Secret("another-credential-\(index)")) }
        #expect(box.scrub("passed-through") == "[redacted]")
        withExtendedLifetime(second) {}
    }

    @Test func `released credentials linger within a bound, held ones stay beyond it`() {
        let box = ScrubberBox { $0() }
        let held = box.hold(Secret("held-credential"))
        for index in 0..<1_600 { _ = box.hold(Secret("released-credential-\(index)")) }
        #expect(box.scrub("held-credential") == "[redacted]")
        #expect(box.scrub("released-credential-1599") == "[redacted]")
        #expect(box.scrub("released-credential-1000") == "[redacted]")
        #expect(box.scrub("released-credential-0") == "released-credential-0")
        #expect(box.current.secrets.count <= 1_024 + 6 * 16 + 1)
        withExtendedLifetime(held) {}
    }

    @Test func `a passed-through credential does not reach what configured ones are checked with`() {
        let box = ScrubberBox()
        box.configure([Secret("configured-key")])
        let hold = box.hold(Secret("\"available\""))
        #expect(box.configured.scrub("{\"available\":1,\"k\":\"configured-key\"}") == "{\"available\":1,\"k\":\"[redacted]\"}")
        withExtendedLifetime(hold) {}
    }

    @Test func `a newly seen key rebuilds no large index where it is seen, however many there are (A9)`() throws {
        let postponed = Postponed()
        let box = ScrubberBox { postponed.add($0) }
        let holds = (0..<2_000).map { box.hold(Secret("passed-through-\($0)")) }
        // One piece of work for all, and until it is done everything is found all the same.
        #expect(postponed.count == 1)
        #expect(box.scrub("passed-through-0, passed-through-1999") == "[redacted], [redacted]")
        postponed.run()
        #expect(box.scrub("passed-through-0, passed-through-1999") == "[redacted], [redacted]")
        let more = (0..<200).map { box.hold(Secret("another-key-\($0)")) }
        #expect(postponed.count == 1)
        postponed.run()
        #expect(box.scrub("another-key-7 passed-through-7") == "[redacted] [redacted]")
        withExtendedLifetime((holds, more)) {}
    }

    /// Work that a test does when it likes. *Mutex*; any thread.
    private final class Postponed: Sendable {
        private let work = Mutex<[@Sendable () -> Void]>([])
        var count: Int { work.withLock { $0.count } }
        func add(_ one: @escaping @Sendable () -> Void) { work.withLock { $0.append(one) } }
        func run() {
            let all = work.withLock { work in
                defer { work = [] }
                return work
            }
            for one in all { one() }
        }
    }

    @Test func `many threads hold, release and scrub at once`() async {
        let box = ScrubberBox()
        await withTaskGroup(of: Bool.self) { group in
            for task in 0..<8 {
                group.addTask {
                    (0..<200).allSatisfy { round in
                        let text = "credential-\(task)-\(round % 50)"
                        let hold = box.hold(Secret(text))
                        return withExtendedLifetime(hold) { box.scrub(text) == "[redacted]" }
                    }
                }
            }
            for await found in group { #expect(found) }
        }
    }
}
