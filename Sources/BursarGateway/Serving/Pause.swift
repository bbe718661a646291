import NIOCore
import NIOPosix

/// Waits on an event loop's timer, or throws when its task is cancelled.
///
/// In place of `Task.sleep`, which starts libdispatch's pool: that looks around once a second for as long as the process lives, and a
/// process at rest should not wake (docs/decisions/0012).
package func pause(for duration: Duration) async throws {
    let timer = MultiThreadedEventLoopGroup.singleton.next().scheduleTask(in: duration.timeAmount) {}
    try await withTaskCancellationHandler {
        try await timer.futureResult.get()
    } onCancel: {
        timer.cancel()
    }
}
