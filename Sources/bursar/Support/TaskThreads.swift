import CRuntime
import NIOCore
import NIOPosix

/// Where tasks run: on threads that sleep until there is one, and not on libdispatch's pool, which looks around once a second
/// for as long as the process lives (docs/decisions/0012). *Any thread.*
enum TaskThreads {
    /// As many as cores, like the pool that they stand in for.
    private static let pool = NIOThreadPool(numberOfThreads: System.coreCount)

    /// A task that is ready; a pointer that nobody looks into until it runs.
    private struct Job: @unchecked Sendable { let pointer: UnsafeMutableRawPointer }

    /// To be called first of all, before any task has run elsewhere.
    static func takeOver() {
        pool.start()
        bursar_take_tasks { pointer in
            let job = Job(pointer: pointer)
            // The pool is never shut down, so every job runs, whatever its state says.
            TaskThreads.pool.submit { _ in bursar_run_task(job.pointer) }
        }
    }
}
