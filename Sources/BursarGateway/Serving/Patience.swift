import NIOCore
import NIOPosix

/// Waits for what may never end. *Stateless; any thread.*
enum Patience {
    /// Waits until the work has ended, but not beyond the deadline. The work itself goes on: what hangs in a disk or in a peer cannot
    /// be called back, and whoever waits has something better to do.
    /// - Parameters:
    ///   - deadline: nil: there is none.
    ///   - endsWithTask: the wait also ends when its task is cancelled.
    /// - Returns: whether the work has ended.
    @discardableResult
    static func wait(
        until deadline: NIODeadline?, endsWithTask: Bool = true, for work: @escaping @Sendable () async -> Void
    ) async -> Bool {
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        let ended = loop.makePromise(of: Bool.self)
        let timer = deadline.map { loop.scheduleTask(deadline: $0) { ended.succeed(false) } }
        Task.detached {
            await work()
            ended.succeed(true)
        }
        defer { timer?.cancel() }
        return await withTaskCancellationHandler {
            (try? await ended.futureResult.get()) ?? false
        } onCancel: {
            if endsWithTask { ended.succeed(false) }
        }
    }
}
