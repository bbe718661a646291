/// Something under way that an answer waits for. *Any thread.*
///
/// A record instead of a task: a request that waits as a task is made, put to sleep, woken on another thread and brought back to its
/// event loop, which costs four times as much, and a crowd that waits for one call is a thousand of them.
package protocol Wait: Sendable {
    /// Begins the wait; called once, on the event loop of the connection that waits.
    /// - Parameter ended: called exactly once, on any thread, also before this returns, and also behind ``leave()``. Must not block.
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
