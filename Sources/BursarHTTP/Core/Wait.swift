/// Something under way that an answer waits for. *Any thread.*
///
/// A record and not a task: to suspend a task, resume it on another thread and come back to the event loop costs four times as much, and a
/// thousand requests may wait for one call.
package protocol Wait: Sendable {
    /// Begins the wait; called once, on the event loop of the connection that waits.
    /// - Parameter ended: called exactly once, on any thread, also before this returns, and also after ``leave()``. Must not block.
    func begin(_ ended: @escaping @Sendable () -> Void)
    /// Whoever waited has gone. What it waited for goes on for others.
    func leave()
}

/// What a connection's unfinished answer hangs on. *Value.*
enum UnfinishedAnswer {
    case task(Task<Void, Never>)
    case wait(any Wait)

    /// The client has gone.
    func cancel() {
        switch self {
        case .task(let task): task.cancel()
        case .wait(let wait): wait.leave()
        }
    }
}
