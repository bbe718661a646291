import BursarModel
import Dispatch
import Glibc

/// The thread that writes log lines, and nothing but that thread. It sleeps while there are none.
///
/// Pipes and sockets are written to in pieces that end with a line and that a pipe takes whole (`PIPE_BUF`), and only when they have
/// room. So a program that is killed leaves no half line, lines of several programs on one pipe do not mix, and what is written is
/// known to the line. Anything else (a file, a terminal) is written to in large pieces; it may block, which is this thread's work.
struct LogWriter: Sendable {
    let descriptor: Int32
    let queue: LogQueue
    let gather: Duration
    let notice: @Sendable (_ dropped: Int) -> [UInt8]

    /// What a pipe takes whole, or not at all (pipe(7)).
    private static let wholePiece = 4_096
    private static let largePiece = 256 << 10

    func run() {
        Self.blockSignals()
        var file = File(descriptor: descriptor)
        var (spare, waited): ([UInt8], Bool) = ([], false)
        while true {
            let turn = queue.next(waited: waited, buffer: spare)
            waited = false
            switch turn {
            case .end: return
            case .sleep: queue.wake.wait()
            case .gather:
                _ = queue.wake.wait(timeout: .now() + .milliseconds(Int(clamping: gather.milliseconds)))
                waited = true
            case .write(let bytes, let lines, let dropped):
                spare = []
                write(bytes, lines: lines, dropped: dropped, to: &file)
                spare = LogQueue.reusable(bytes)
            }
        }
    }

    private func write(_ bytes: [UInt8], lines: Int, dropped: Int, to file: inout File) {
        var left = lines
        let isWritten = file.write(bytes) { count in
            left -= count
            queue.wrote(lines: count)
        }
        guard isWritten else { return queue.gaveUp(lines: left) }
        guard dropped > 0 else { return }
        if file.write(notice(dropped) + [UInt8(ascii: "\n")], { _ in }) { queue.told() } else { queue.gaveUp(lines: 0) }
    }

    /// A reader that went away is an error of a write, and ends nothing; all other signals are the business of other threads.
    private static func blockSignals() {
        var all = sigset_t()
        sigfillset(&all)
        pthread_sigmask(SIG_BLOCK, &all, nil)
    }

    /// What is written to. *Value, of one thread.*
    private struct File {
        let descriptor: Int32
        private let isPipe: Bool
        /// The last write ended within a line.
        private var isCut = false

        init(descriptor: Int32) {
            self.descriptor = descriptor
            var status = stat()
            let kind = fstat(descriptor, &status) == 0 ? status.st_mode & S_IFMT : S_IFREG
            isPipe = kind == S_IFIFO || kind == S_IFSOCK
        }

        /// - Parameter wrote: told of so many lines more.
        /// - Returns: whether all was written; else it is given up.
        mutating func write(_ bytes: [UInt8], _ wrote: (Int) -> Void) -> Bool {
            bytes.withUnsafeBytes { bytes in
                var rest = bytes[...]
                if isCut, !rest.isEmpty {
                    guard write(all: [UInt8(ascii: "\n")]) else { return false }
                    isCut = false
                }
                while !rest.isEmpty {
                    let piece = Self.piece(of: rest, most: isPipe ? LogWriter.wholePiece : LogWriter.largePiece)
                    guard let count = write(once: UnsafeRawBufferPointer(rebasing: piece)) else { return false }
                    let written = piece.prefix(count)
                    wrote(Self.lines(in: UnsafeRawBufferPointer(rebasing: written)))
                    if let last = written.last { isCut = last != UInt8(ascii: "\n") }
                    rest = rest.dropFirst(count)
                }
                return true
            }
        }

        private static func lines(in bytes: UnsafeRawBufferPointer) -> Int {
            guard let base = bytes.baseAddress else { return 0 }
            var (count, start) = (0, 0)
            while start < bytes.count, let found = memchr(base + start, 0x0A, bytes.count - start) {
                count += 1
                start = UnsafeRawPointer(found) - base + 1
            }
            return count
        }

        private func write(all bytes: [UInt8]) -> Bool {
            bytes.withUnsafeBytes { write(once: $0) == bytes.count }
        }

        /// As many whole lines as fit; a line that is longer than that is cut.
        private static func piece(of rest: Slice<UnsafeRawBufferPointer>, most: Int) -> Slice<UnsafeRawBufferPointer> {
            guard rest.count > most else { return rest }
            let piece = rest.prefix(most)
            guard let end = piece.lastIndex(of: UInt8(ascii: "\n")) else { return piece }
            return piece[...end]
        }

        /// - Returns: nil where nothing can be written any more.
        private func write(once bytes: UnsafeRawBufferPointer) -> Int? {
            guard let base = bytes.baseAddress else { return 0 }
            while true {
                if isPipe { waitForRoom() }
                let count = Glibc.write(descriptor, base, bytes.count)
                if count >= 0 { return count }
                switch errno {
                case EINTR: continue
                // Somebody made it so that writing does not block.
                case EAGAIN: waitForRoom()
                default: return nil
                }
            }
        }

        private func waitForRoom() {
            while true {
                var poller = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                let ready = poll(&poller, 1, -1)
                // An error of the descriptor shows in the write.
                if ready > 0 || (ready < 0 && errno != EINTR) { return }
            }
        }
    }
}
