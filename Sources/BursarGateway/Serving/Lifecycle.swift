import Synchronization

/// What a service manager is told (sd_notify(3)). *Value.*
package enum LifecycleEvent: Sendable, Equatable {
    /// The listeners are up, or a reload has ended, either way.
    case ready
    case reloading
    case stopping
}

/// Tells what happens, and nothing more once it stops: a reload that ends beside it must not say that the gateway is ready. *Mutex*;
/// any thread.
final class Lifecycle: Sendable {
    private let isStopping = Mutex(false)
    private let onEvent: @Sendable (LifecycleEvent) -> Void

    /// - Parameter onEvent: called under the lock, so that the order stays; must not block.
    init(_ onEvent: @escaping @Sendable (LifecycleEvent) -> Void) { self.onEvent = onEvent }

    func tell(_ event: LifecycleEvent) {
        isStopping.withLock { isStopping in
            if isStopping { return }
            isStopping = event == .stopping
            onEvent(event)
        }
    }
}
