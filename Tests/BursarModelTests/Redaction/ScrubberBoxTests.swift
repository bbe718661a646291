@testable import BursarModel
import Testing

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
        let box = ScrubberBox()
        let held = box.hold(Secret("held-credential"))
        for index in 0..<3_000 { _ = box.hold(Secret("released-credential-\(index)")) }
        #expect(box.scrub("held-credential") == "[redacted]")
        #expect(box.scrub("released-credential-2999") == "[redacted]")
        #expect(box.scrub("released-credential-2500") == "[redacted]")
        #expect(box.scrub("released-credential-0") == "released-credential-0")
        #expect(box.current.secrets.count <= 1_024 + 64 + 1)
        withExtendedLifetime(held) {}
    }

    @Test func `a passed-through credential does not reach what configured ones are checked with`() {
        let box = ScrubberBox()
        box.configure([Secret("configured-key")])
        let hold = box.hold(Secret("\"available\""))
        #expect(box.configured.scrub("{\"available\":1,\"k\":\"configured-key\"}") == "{\"available\":1,\"k\":\"[redacted]\"}")
        withExtendedLifetime(hold) {}
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
