import BursarHTTP
import NIOCore
import Testing

@testable import BursarGateway

@Suite struct WaitedAnswersTests {
    private let path = "/v1/balances"
    private let now = NIODeadline.uptimeNanoseconds(5)

    private func entry(until: NIODeadline = .distantFuture) -> HotEntry {
        HotEntry(response: PreparedResponse(headers: [:]), replay: Replay(validity: Validity(), until: until))
    }

    @Test func `what those get who waited is kept apart from what everybody gets`() {
        let hot = HotTable()
        let waited = entry()
        #expect(hot.publish(waited, for: path, since: hot.changes, waited: true))
        #expect(hot.waited(for: path, now: now) === waited)
        #expect(hot[path] == nil)
    }

    @Test func `all that stands ready ends where the machine slept, and what is being rendered is not kept`() {
        let hot = HotTable()
        let (ready, begun) = (entry(), hot.changes)
        #expect(hot.publish(ready, for: path, since: begun) && hot.publish(entry(), for: path, since: begun, waited: true))
        hot.clear()
        #expect(hot[path] == nil && hot.waited(for: path, now: now) == nil && !ready.isCurrent(at: now))
        #expect(!hot.publish(entry(), for: path, since: begun))
        #expect(hot.publish(entry(), for: path, since: hot.changes))
    }

    @Test func `it ends with a change, with its time and with its configuration`() {
        let hot = HotTable()
        let early = hot.changes
        hot.publish(entry(), for: path, since: early, waited: true)
        hot.invalidate([path])
        #expect(hot.waited(for: path, now: now) == nil)
        #expect(!hot.publish(entry(), for: path, since: early, waited: true))
        hot.publish(entry(until: now), for: path, since: hot.changes, waited: true)
        #expect(hot.waited(for: path, now: now) == nil)
        hot.publish(entry(), for: path, since: hot.changes, waited: true)
        hot.close()
        #expect(hot.waited(for: path, now: now) == nil)
    }
}
