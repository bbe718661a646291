import BursarEngine
import Synchronization

/// A registered wait for a call in flight. *Any thread.* A ticket that is dropped leaves the wait; the call goes on.
package final class Ticket: Sendable {
    let account: UpstreamAccount
    let waiter: WaiterID
    let slot = WaitSlot()
    /// Whether the request behind it began the call.
    let isFirst: Bool
    /// Whether there was a reading to show when the wait began. Looked at later, the call may have ended, and taken it away.
    package let hadReading: Bool
    private let refresher: Refresher

    init(account: UpstreamAccount, waiter: WaiterID, isFirst: Bool, hadReading: Bool, refresher: Refresher) {
        self.account = account
        self.waiter = waiter
        self.isFirst = isFirst
        self.hadReading = hadReading
        self.refresher = refresher
    }

    /// Ends the wait; the call goes on. Does nothing where the wait is over.
    package func leave() {
        guard !slot.isResolved else { return }
        refresher.left(self)
        slot.resolve(.left)
    }

    deinit {
        if !slot.isResolved { refresher.left(self) }
    }
}

/// Where a waiter and the end of its wait meet, whichever comes first. *Mutex; any thread.* Resolved exactly once: the first of the call's
/// end, its timeout, the waiter's own deadline and its leaving wins; later ones do nothing.
final class WaitSlot: Sendable {
    /// What ended the wait.
    enum Resolution: Sendable {
        /// The call ended. Indirect, so that all who wait for it hold one and the same view.
        indirect case settled(AccountView)
        /// The call's timeout passed; it goes on.
        indirect case overdue(AccountView)
        /// The waiter's own deadline passed, or whoever waited has gone.
        case left
        /// The process is stopping.
        case closed
    }

    private enum State {
        /// The wait has not ended, and nobody is to be woken yet. Exits: ``waiting``, ``resolved``.
        case open
        /// Exit: ``resolved``, which calls it.
        case waiting(@Sendable (Resolution) -> Void)
        /// Final.
        case resolved(Resolution)
    }

    private let state = Mutex(State.open)

    var isResolved: Bool {
        state.withLock {
            if case .resolved = $0 { true } else { false }
        }
    }

    func resolve(_ resolution: Resolution) {
        let wake = state.withLock { state -> (@Sendable (Resolution) -> Void)? in
            switch state {
            case .open:
                state = .resolved(resolution)
                return nil
            case .waiting(let wake):
                state = .resolved(resolution)
                return wake
            case .resolved:
                return nil
            }
        }
        wake?(resolution)
    }

    /// Calls `wake` once, outside the lock: in the thread that resolves the slot, or at once in this one where it is resolved already. May be
    /// called once for each slot.
    func whenResolved(_ wake: @escaping @Sendable (Resolution) -> Void) {
        let resolution = state.withLock { state -> Resolution? in
            switch state {
            case .open:
                state = .waiting(wake)
                return nil
            case .resolved(let resolution):
                return resolution
            case .waiting:
                preconditionFailure("two wait for one ticket")
            }
        }
        if let resolution { wake(resolution) }
    }
}
