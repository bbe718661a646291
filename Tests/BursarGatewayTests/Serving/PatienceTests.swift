import NIOCore
import Testing

@testable import BursarGateway

/// Everything that is waited for at the end has an end (A5).
@Suite(.timeLimit(.minutes(2))) struct PatienceTests {
    /// Work that ends when it is let go.
    private final class Held: Sendable {
        private let (stream, continuation) = AsyncStream<Void>.makeStream()
        func wait() async { for await _ in stream { return } }
        func letGo() { continuation.finish() }
    }

    @Test func `work that hangs is waited for until the deadline, and work that ends no longer than it takes (A5)`() async {
        let held = Held()
        #expect(await Patience.wait(until: .now()) { await held.wait() } == false)
        #expect(await Patience.wait(until: nil) {} == true)
        held.letGo()
    }

    @Test func `a second signal ends the wait for work that hangs (A5)`() async {
        let held = Held()
        let waiting = Task { await Patience.wait(until: nil) { await held.wait() } }
        waiting.cancel()
        #expect(await waiting.value == false)
        held.letGo()
    }

    @Test func `who is to wait all the same is not cancelled`() async {
        let waiting = Task { await Patience.wait(until: nil, endsWithTask: false) { await Task.yield() } }
        waiting.cancel()
        #expect(await waiting.value)
    }
}
