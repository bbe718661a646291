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
        var answers: [Int: Answer] = [:]
        var timer: (any ScheduledWork)?
        var ended: (@Sendable () -> Void)?
    }

    private let refresher: Refresher
    private let tickets: [Int: Ticket]
    private let deadline: MonotonicTime
    private let state: Mutex<State>

    /// - Parameters:
    ///   - tickets: by whatever number the route knows them.
    ///   - deadline: `distantFuture`: as long as the calls may take, without a timer.
    init(_ tickets: [Int: Ticket], of refresher: Refresher, until deadline: MonotonicTime) {
        self.refresher = refresher
        self.tickets = tickets
        self.deadline = deadline
        state = Mutex(State(left: tickets.count))
    }

    func begin(_ ended: @escaping @Sendable () -> Void) {
        guard !tickets.isEmpty else { return ended() }
        let timer = deadline == .distantFuture ? nil : refresher.clock.schedule(at: deadline) { self.leave() }
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
        let last = state.withLock { state -> State? in
            state.answers[index] = answer
            state.left -= 1
            guard state.left == 0 else { return nil }
            defer { (state.timer, state.ended) = (nil, nil) }
            return state
        }
        last?.timer?.cancel()
        last?.ended?()
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
