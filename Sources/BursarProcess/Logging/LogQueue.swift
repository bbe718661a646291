import Dispatch
import Synchronization

/// The lines between those who have them and the one thread that writes them. *Mutex*; any thread.
///
/// The writer is woken for the first line after a rest, and once more when there is enough to be written at once or somebody waits.
final class LogQueue: Sendable {
    private struct State {
        var pending: [UInt8] = []
        var lines = 0
        /// Lines that the writer has and has not written yet.
        var taken = 0
        /// Lines that were dropped and that no notice told of yet.
        var untold = 0
        /// Those that the writer is about to tell of.
        var telling = 0
        var dropped = 0
        var writer = Writer.working
        /// Nothing is gathered any more: the writer takes what there is.
        var isHurried = false
        var isEnded = false
        var waiting: [DispatchSemaphore] = []
    }

    /// What the writing thread does. *Value.*
    private enum Writer {
        /// It has looked, or is about to.
        case working
        /// There are lines, and it waits for more. It is woken when there is no more to wait for, and looks again by itself.
        case gathering
        /// There was nothing. It is woken by the next line.
        case asleep
    }

    /// What the writing thread is to do. *Value.*
    enum Turn {
        case sleep, gather
        /// - Parameter dropped: so many lines behind these are missing.
        case write([UInt8], lines: Int, dropped: Int)
        case end
    }

    /// Enough for one large write; waiting longer would save nothing.
    private static let batch = 64 << 10
    /// A buffer that a stalled reader made large is let go of when it is empty.
    private static let keptBuffer = 256 << 10

    let wake = DispatchSemaphore(value: 0)
    private let capacity: Int
    private let state = Mutex(State())

    init(capacity: Int) { self.capacity = capacity }

    /// - Returns: whether the writer is to be woken.
    func add(_ line: [UInt8], isHurried: Bool) -> Bool {
        state.withLock { state in
            guard state.pending.count + line.count < capacity, !state.isEnded else {
                state.dropped += 1
                state.untold += 1
                return false
            }
            state.pending.append(contentsOf: line)
            state.pending.append(UInt8(ascii: "\n"))
            state.lines += 1
            if isHurried || state.pending.count >= Self.batch { state.isHurried = true }
            return Self.wakes(&state)
        }
    }

    /// Whether the writer, where it waits, has to stop doing so.
    private static func wakes(_ state: inout State) -> Bool {
        switch state.writer {
        case .working: return false
        case .gathering where !state.isHurried && !state.isEnded: return false
        case .gathering, .asleep:
            state.writer = .working
            return true
        }
    }

    /// Has everything written that there is, and then `done` signalled.
    /// - Returns: false where there is nothing.
    func hurry(_ done: DispatchSemaphore) -> Bool {
        let (waits, wakes) = state.withLock { state in
            guard state.lines + state.taken + state.untold + state.telling > 0, !state.isEnded else { return (false, false) }
            state.waiting.append(done)
            state.isHurried = true
            return (true, Self.wakes(&state))
        }
        if wakes { wake.signal() }
        return waits
    }

    /// The writer ends when it has written what there is.
    func end() {
        let wakes = state.withLock { state in
            (state.isEnded, state.isHurried) = (true, true)
            return Self.wakes(&state)
        }
        if wakes { wake.signal() }
    }

    /// For the writer: what to do now.
    /// - Parameters:
    ///   - waited: it has gathered long enough.
    ///   - buffer: an empty one, which is filled from now on.
    func next(waited: Bool, buffer: [UInt8]) -> Turn {
        let (turn, done) = state.withLock { state -> (Turn, [DispatchSemaphore]) in
            state.writer = .working
            if waited { state.isHurried = true }
            let isDue = state.isHurried || state.isEnded
            // What was dropped is told behind lines, or when somebody asks: a log that is broken is not tried for that alone.
            if state.lines > 0 ? isDue : state.untold > 0 && state.isHurried {
                let turn = Turn.write(state.pending, lines: state.lines, dropped: state.untold)
                (state.taken, state.telling) = (state.lines, state.untold)
                (state.lines, state.untold, state.isHurried) = (0, 0, false)
                state.pending = buffer
                return (turn, [])
            }
            if state.lines > 0 {
                state.writer = .gathering
                return (.gather, [])
            }
            state.isHurried = false
            defer { state.waiting = [] }
            if state.isEnded { return (.end, state.waiting) }
            state.writer = .asleep
            return (.sleep, state.waiting)
        }
        for semaphore in done { semaphore.signal() }
        return turn
    }

    /// For the writer: it has written so much of its batch.
    func wrote(lines: Int) { state.withLock { $0.taken -= lines } }

    /// For the writer: its notice is written.
    func told() { state.withLock { $0.telling = 0 } }

    /// For the writer: what it could not write is given up, its notice, too.
    func gaveUp(lines: Int) {
        let done = state.withLock { state in
            state.taken -= lines
            state.dropped += lines
            state.untold += lines + state.telling
            state.telling = 0
            // Whoever waits for a log that cannot be written waits for nothing, and without them it is not tried for the notice alone.
            if state.lines == 0 { state.isHurried = false }
            defer { state.waiting = [] }
            return state.waiting
        }
        for semaphore in done { semaphore.signal() }
    }

    /// The writer's buffer for the next turn but one.
    static func reusable(_ buffer: [UInt8]) -> [UInt8] {
        guard buffer.capacity <= keptBuffer else { return [] }
        var buffer = buffer
        buffer.removeAll(keepingCapacity: true)
        return buffer
    }

    var dropped: Int { state.withLock { $0.dropped } }
    /// Lines that were taken and are not written, and those that were dropped since the last notice.
    var unwritten: Int { state.withLock { $0.lines + $0.taken + $0.untold + $0.telling } }
}
