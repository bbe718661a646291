import BursarBasics
import BursarModel
import Dispatch
import Foundation
import Synchronization

/// Reads on a thread of its own, and leaves it where it hangs: on a mount that is gone, or on a pipe that nobody writes. *Mutex; any
/// thread.* For one reading.
///
/// The time is that of each step, which is a file or a folder, and not of the whole: ten thousand files may take longer than one.
final class ReadingWatch: Sendable {
    enum Outcome<Value: Sendable>: Sendable {
        case read(Value)
        /// In this file or folder; its thread stays there for as long as the system keeps it.
        case hangs(String)
        /// So many readings before this one still hang.
        case tooManyHang
    }

    private struct Step {
        let name: String
        let began: ContinuousClock.Instant
    }

    /// Where the reading's thread leaves what it read. *Mutex.*
    private final class Place<Value: Sendable>: Sendable {
        struct State {
            var value: Value?
            var isLeft = false
        }

        let state = Mutex(State())
        let done = DispatchSemaphore(value: 0)
    }

    /// How many threads may hang at a time: a reload that is asked for again and again must not pile them up.
    static let mostHanging = 4
    private static let hanging = Mutex(0)

    private let step = Mutex<Step?>(nil)

    /// Blocks until the reading is done, or a step of it takes longer than that.
    func run<Value: Sendable>(patience: Duration, _ read: @escaping @Sendable () -> Value) -> Outcome<Value> {
        guard Self.hanging.withLock({ $0 }) < Self.mostHanging else { return .tooManyHang }
        let place = Place<Value>()
        let thread = Thread {
            let value = read()
            let wasLeft = place.state.withLock { state in
                state.value = value
                return state.isLeft
            }
            if wasLeft { Self.hanging.withLock { $0 -= 1 } }
            place.done.signal()
        }
        thread.name = "bursar.read"
        thread.start()
        while true {
            let left = left(of: patience)?.time ?? patience
            _ = place.done.wait(timeout: .now() + .milliseconds(Int(clamping: left.milliseconds) + 1))
            if let value = place.state.withLock({ $0.value }) { return .read(value) }
            guard let (name, left) = self.left(of: patience), left <= .zero else { continue }
            let value = place.state.withLock { state in
                state.isLeft = state.value == nil
                return state.value
            }
            if let value { return .read(value) }
            Self.hanging.withLock { $0 += 1 }
            return .hangs(name)
        }
    }

    private func left(of patience: Duration) -> (name: String, time: Duration)? {
        step.withLock { step in step.map { ($0.name, patience - $0.began.duration(to: .now)) } }
    }

    fileprivate func during<Value>(_ name: String, _ work: () -> Value) -> Value {
        step.withLock { $0 = Step(name: name, began: .now) }
        defer { step.withLock { $0 = nil } }
        return work()
    }
}

extension ConfigurationSources {
    /// The same, with each look at the file system as a step of a watched reading. A command has a time limit of its own.
    func watched(by watch: ReadingWatch) -> ConfigurationSources {
        var sources = self
        sources.readFile = { [readFile] path, limit in watch.during(path) { readFile(path, limit) } }
        sources.listFolder = { [listFolder] path in watch.during(path) { listFolder(path) } }
        sources.checkTLS = { [checkTLS] settings in watch.during(settings.certificateFile) { checkTLS(settings) } }
        sources.checkStore = { [checkStore] path in watch.during(path) { checkStore(path) } }
        sources.checkSocket = { [checkSocket] path in watch.during(path) { checkSocket(path) } }
        return sources
    }
}
