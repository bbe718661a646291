import Dispatch
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Where log lines leave the process. *Mutex*; any thread.
///
/// Writing to a pipe that nobody reads blocks, and an event loop must not. So lines are gathered in memory and written by one
/// queue; beyond the bound they are dropped, and the next line that fits says how many were.
package final class LogSink: Sendable {
    private struct State {
        var pending: [UInt8] = []
        var dropped = 0
        var isScheduled = false
    }

    /// Enough for some thousand lines: a second or so of a busy gateway whose log reader stalls.
    private static let capacity = 1 << 20

    private let descriptor: Int32
    private let queue = DispatchQueue(label: "bursar.log")
    private let state = Mutex(State())

    package init(descriptor: Int32 = STDERR_FILENO) { self.descriptor = descriptor }

    /// Takes one line without its newline.
    package func write(_ line: [UInt8]) {
        let mustSchedule = state.withLock { state in
            guard state.pending.count + line.count < Self.capacity else {
                state.dropped += 1
                return false
            }
            if state.dropped > 0 {
                state.pending += Array("(\(state.dropped) log lines were dropped: their reader is too slow)\n".utf8)
                state.dropped = 0
            }
            state.pending += line
            state.pending.append(UInt8(ascii: "\n"))
            defer { state.isScheduled = true }
            return !state.isScheduled
        }
        if mustSchedule { queue.async { self.drain() } }
    }

    /// Waits until everything taken so far is written: for the end of the process.
    package func flush() { queue.sync { drain() } }

    private func drain() {
        while true {
            let bytes = state.withLock { state in
                defer { state.pending = [] }
                if state.pending.isEmpty { state.isScheduled = false }
                return state.pending
            }
            if bytes.isEmpty { return }
            write(all: bytes)
        }
    }

    /// A log that cannot be written (closed pipe, full disk) is given up: there is no better place to say so.
    private func write(all bytes: [UInt8]) {
        bytes.withUnsafeBytes { buffer in
            var rest = buffer[...]
            while !rest.isEmpty {
                let count = writeOnce(descriptor, UnsafeRawBufferPointer(rebasing: rest))
                if count < 0 {
                    if errno == EINTR { continue }
                    return
                }
                rest = rest.dropFirst(count)
            }
        }
    }
}

private func writeOnce(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) -> Int {
    guard let base = bytes.baseAddress else { return 0 }
    return write(descriptor, base, bytes.count)
}
