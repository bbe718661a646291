import Synchronization
import Testing

@testable import BursarGateway

/// What a service manager hears of, in which order.
@Suite struct LifecycleTests {
    @Test func `a reload that ends while the gateway stops does not say that it is ready`() {
        let told = Mutex<[LifecycleEvent]>([])
        let lifecycle = Lifecycle { event in told.withLock { $0.append(event) } }
        for event in [.ready, .reloading, .stopping, .ready, .stopping] as [LifecycleEvent] { lifecycle.tell(event) }
        #expect(told.withLock { $0 } == [.ready, .reloading, .stopping])
    }
}
