import Foundation

/// Runs what blocks on a thread of its own, and waits for it without blocking one. libdispatch's threads are few, and Swift's
/// tasks run on them: work that blocks there keeps every other task of the process waiting.
package func onOwnThread<Value: Sendable, Failure: Error>(
    _ work: @escaping @Sendable () throws(Failure) -> Value
) async throws(Failure) -> Value {
    let result: Result<Value, Failure> = await withCheckedContinuation { continuation in
        Thread.detachNewThread { continuation.resume(returning: Result(catching: work)) }
    }
    return try result.get()
}
