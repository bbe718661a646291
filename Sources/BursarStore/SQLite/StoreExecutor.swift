import Dispatch

/// Runs an actor on one dispatch queue of its own: file work blocks, and the threads that tasks share must not. *Any thread.*
final class StoreExecutor: SerialExecutor {
    private let queue: DispatchQueue

    init(label: String) { queue = DispatchQueue(label: label) }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async { job.runSynchronously(on: self.asUnownedSerialExecutor()) }
    }
}
