import BursarEngine
import Synchronization

/// A registered wait for a call in flight. *Any thread.* A ticket that is dropped leaves the wait; the call goes on.
package final class Ticket: Sendable {
    let account: UpstreamAccount
    let waiter: WaiterID
    let slot: WaitSlot
    /// Whether the request behind it began the call.
    let isFirst: Bool
    private let leave: @Sendable () -> Void

    init(account: UpstreamAccount, waiter: WaiterID, slot: WaitSlot, isFirst: Bool, leave: @escaping @Sendable () -> Void) {
        self.account = account
        self.waiter = waiter
        self.slot = slot
        self.isFirst = isFirst
        self.leave = leave
    }

    deinit {
        if !slot.isResolved { leave() }
    }
}

/// Where a waiter sleeps and its wake-up is put, whichever comes first. *Mutex; any thread.* Resolved exactly once: the first
/// of result, overdue call, own deadline and cancellation wins, later ones do nothing.
final class WaitSlot: Sendable {
    /// What ended the wait.
    enum Resolution: Sendable {
        /// The call ended.
        case settled(AccountView)
        /// The call's timeout passed; it goes on.
        case overdue(AccountView)
        /// The waiter's own deadline passed, or its task was cancelled.
        case left
        /// The process is stopping.
        case closed
    }

    private enum State {
        /// Nobody sleeps here yet. Exits: ``waiting``, ``resolved``.
        case open
        /// Exit: ``resolved``, which resumes the continuation.
        case waiting(CheckedContinuation<Resolution, Never>)
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
        let continuation = state.withLock { state -> CheckedContinuation<Resolution, Never>? in
            switch state {
            case .open:
                state = .resolved(resolution)
                return nil
            case .waiting(let continuation):
                state = .resolved(resolution)
                return continuation
            case .resolved:
                return nil
            }
        }
        continuation?.resume(returning: resolution)
    }

    /// At most one task may wait.
    func value() async -> Resolution {
        await withCheckedContinuation { continuation in
            let resolution = state.withLock { state -> Resolution? in
                switch state {
                case .open:
                    state = .waiting(continuation)
                    return nil
                case .resolved(let resolution):
                    return resolution
                case .waiting:
                    preconditionFailure("two tasks wait for one ticket")
                }
            }
            if let resolution { continuation.resume(returning: resolution) }
        }
    }
}
