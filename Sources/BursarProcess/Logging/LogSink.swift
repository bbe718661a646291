import BursarModel
import Dispatch
import Foundation

/// Where log lines leave the process. *Mutex*; any thread.
///
/// Whoever has a line copies it into memory and goes on; a thread of its own writes, because writing to a pipe that nobody reads, or
/// to a disk that hangs, blocks. Lines are gathered for a moment, so that a thousand of them wake that thread once. Their order is
/// that of their coming. Beyond a bound they are dropped and counted, and behind the gap a line says how many were.
package final class LogSink: LogTarget {
    private let queue: LogQueue
    private let wake: DispatchSemaphore

    /// - Parameters:
    ///   - descriptor: belongs to the caller, and stays open for good: the writing thread ends when it has written what there was, a
    ///     while after this.
    ///   - gather: how long a line that nobody waits for may wait for others.
    ///   - notice: the line that says how many were dropped.
    package init(
        descriptor: Int32 = STDERR_FILENO, gather: Duration = .milliseconds(50), capacity: Int = 4 << 20,
        notice: @escaping @Sendable (_ dropped: Int) -> [UInt8]
    ) {
        queue = LogQueue(capacity: capacity)
        wake = queue.wake
        let writer = LogWriter(descriptor: descriptor, queue: queue, gather: gather, notice: notice)
        let thread = Thread { writer.run() }
        thread.name = "bursar.log"
        thread.start()
    }

    deinit { queue.end() }

    package func write(_ line: [UInt8], isHurried: Bool) {
        if queue.add(line, isHurried: isHurried) { wake.signal() }
    }

    package var droppedLines: Int { queue.dropped }

    /// Waits until everything that was taken so far is written, but no longer than that: for the end of the process. Blocks.
    /// - Returns: how many lines are not written.
    package func flush(within time: Duration) -> Int {
        let done = DispatchSemaphore(value: 0)
        guard queue.hurry(done) else { return 0 }
        _ = done.wait(timeout: .now() + .milliseconds(Int(clamping: time.milliseconds)))
        return queue.unwritten
    }
}
