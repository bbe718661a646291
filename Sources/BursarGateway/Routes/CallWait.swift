import BursarHTTP
import BursarModel
import BursarUpstream
import Synchronization

/// One request's wait for all calls that it needs: it ends with the last of them, at its own deadline, or when the caller goes. *Mutex;
/// any thread.*
final class CallWait: Wait {
    private struct State {
        /// Calls that have not ended.
        var left: Int
        var answers: [Int: Answer]
        var timer: Timer?
        var ended: (@Sendable () -> Void)?
    }

    /// How long a request waits. *Value.*
    enum Patience {
        /// As it said itself.
        case own(Duration)
        /// Longer than its calls may take, which nearly always end sooner, so nobody minds a tenth of a second.
        case ofCalls(Duration)

        init(said wait: Duration?, ofCalls longest: Duration) {
            if let wait, wait < longest { self = .own(wait) } else { self = .ofCalls(longest) }
        }
    }

    private enum Timer {
        case own(any ScheduledWork)
        case shared(SharedDeadlines.Place)
    }

    private let refresher: Refresher
    private let tickets: [Int: Ticket]
    private let patience: Patience
    private let state: Mutex<State>

    /// - Parameters:
    ///   - tickets: by whatever number the route knows them.
    init(_ tickets: [Int: Ticket], of refresher: Refresher, _ patience: Patience) {
        self.refresher = refresher
        self.tickets = tickets
        self.patience = patience
        // Room for the answers is made now, and not while a crowd waits for them.
        state = Mutex(State(left: tickets.count, answers: Dictionary(minimumCapacity: tickets.count)))
    }

    /// The deadline is taken back when the wait is freed, and not when it ends: a crowd gets its answers first. It may come in between, and then
    /// does nothing.
    deinit {
        switch state.withLock({ $0.timer }) {
        case .own(let timer): timer.cancel()
        case .shared(let place): refresher.deadlines.remove(place)
        case nil: break
        }
    }

    func begin(_ ended: @escaping @Sendable () -> Void) {
        guard !tickets.isEmpty else { return ended() }
        let now = refresher.now.monotonic
        let timer: Timer =
            switch patience {
            case .own(let time): .own(refresher.clock.schedule(at: now.advanced(by: time)) { [weak self] in self?.leave() })
            case .ofCalls(let time): .shared(refresher.deadlines.add(now.advanced(by: time)) { [weak self] in self?.leave() })
            }
        state.withLock { ($0.ended, $0.timer) = (ended, timer) }
        for (index, ticket) in tickets {
            refresher.whenEnded(ticket) { answer in self.took(answer, index) }
        }
    }

    func leave() {
        for ticket in tickets.values { ticket.leave() }
    }

    /// What the calls came to; complete once the wait is over.
    var answers: [Int: Answer] { state.withLock { $0.answers } }

    private func took(_ answer: Answer, _ index: Int) {
        let ended = state.withLock { state -> (@Sendable () -> Void)? in
            state.answers[index] = answer
            state.left -= 1
            guard state.left == 0 else { return nil }
            return state.ended.take()
        }
        ended?()
    }
}

extension Wait {
    /// The same for a task; its cancellation leaves.
    func value() async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in begin { continuation.resume() } }
        } onCancel: {
            leave()
        }
    }
}
