import Dispatch
import Glibc
import Logging
import Synchronization

/// Hears from the kernel when a file that holds a key is replaced or written anew. *Own queue;* any thread may call.
///
/// inotify and no timer: while nothing changes, nothing wakes up. Folders are watched and not files, because keys are rotated by
/// renaming: a new file under the old name, or, where an orchestrator mounts secrets, a link beside it (`..data`). Network file
/// systems tell nothing of what other machines write; there a reload is asked for (SIGHUP, `POST /admin/reload`).
///
/// What happened before it listened it cannot know: so it reports a change once whenever it begins to.
final class SecretFileWatch: Sendable {
    /// Several files are often replaced together.
    private static let settling = DispatchTimeInterval.milliseconds(300)
    private static let events = UInt32(IN_CLOSE_WRITE) | UInt32(IN_MOVED_TO) | UInt32(IN_CREATE)
    /// In front of each event's name: watch, mask, cookie, the name's length; four bytes each.
    private static let headLength = 16

    private let queue = DispatchQueue(label: "bursar.keys")
    /// Touched on ``queue`` alone.
    private nonisolated(unsafe) var source: (any DispatchSourceRead)?
    /// The names that matter, by watch. Touched on ``queue`` alone.
    private nonisolated(unsafe) var names: [Int32: Set<String>] = [:]
    /// What is watched, and where. Touched on ``queue`` alone.
    private nonisolated(unsafe) var watched = Watched()
    /// Touched on ``queue`` alone.
    private nonisolated(unsafe) var isSettling = false
    /// Never left. Touched on ``queue`` alone.
    private nonisolated(unsafe) var isStopped = false
    private let logger: Logger
    private let onChange = Mutex<(@Sendable () -> Void)?>(nil)

    /// A set of files, and which folders stood under their names: a folder that was replaced must be watched anew. *Value.*
    private struct Watched: Equatable {
        var files: Set<String> = []
        var folders: [String: FolderIdentity] = [:]
    }

    private struct FolderIdentity: Equatable {
        let device: UInt64
        let number: UInt64

        init?(_ path: String) {
            var status = stat()
            guard stat(path, &status) == 0 else { return nil }
            device = UInt64(status.st_dev)
            number = UInt64(status.st_ino)
        }
    }

    init(logger: Logger) { self.logger = logger }

    /// - Parameter change: called once things have settled; must not block for long.
    func onChange(_ change: @escaping @Sendable () -> Void) { onChange.withLock { $0 = change } }

    /// Watches these files in place of those before. What cannot be watched is told and left out: a reload finds it all the same.
    func follow(_ files: Set<String>) {
        queue.async { if !self.isStopped { self.watch(files) } }
    }

    func stop() {
        onChange.withLock { $0 = nil }
        queue.async {
            self.isStopped = true
            self.watch([])
        }
    }

    private func watch(_ files: Set<String>) {
        let places = files.map { (file: $0, place: Self.place($0)) }
        let folders = Dictionary(
            places.compactMap { file in FolderIdentity(file.place.folder).map { (file.place.folder, $0) } },
            uniquingKeysWith: { first, _ in first })
        let new = Watched(files: files, folders: folders)
        // Nothing that is about to be heard may be lost for a reload that changes nothing here.
        guard new != watched else { return }
        watched = new
        // Its handler closes the descriptor.
        source?.cancel()
        source = nil
        names = [:]
        guard !files.isEmpty else { return }
        let descriptor = inotify_init1(O_NONBLOCK | O_CLOEXEC)
        guard descriptor >= 0 else { return cannotWatch("every folder", errno) }
        for (_, place) in places {
            let watch = inotify_add_watch(descriptor, place.folder, Self.events)
            if watch >= 0 { names[watch, default: []].insert(place.name) } else { cannotWatch(place.folder, errno) }
        }
        let source = DispatchSource.makeReadSource(fileDescriptor: descriptor, queue: queue)
        source.setEventHandler { [unowned self] in self.readEvents(descriptor) }
        source.setCancelHandler { close(descriptor) }
        source.activate()
        self.source = source
        settle()
    }

    /// A name without a folder stands in the one that the program was started in, as one of a configuration found there does.
    private static func place(_ file: String) -> (folder: String, name: String) {
        guard let slash = file.lastIndex(of: "/") else { return (".", file) }
        return (slash == file.startIndex ? "/" : String(file[..<slash]), String(file[file.index(after: slash)...]))
    }

    private func cannotWatch(_ folder: String, _ error: Int32) {
        logger.warning(
            "a folder with key files cannot be watched: what changes in it takes a reload",
            metadata: ["folder": "\(folder)", "errno": "\(error)"])
    }

    private func readEvents(_ descriptor: Int32) {
        var bytes = [UInt8](repeating: 0, count: 16_384)
        var concerns = false
        while true {
            let count = bytes.withUnsafeMutableBytes { read(descriptor, $0.baseAddress, $0.count) }
            guard count > 0 else { break }
            concerns = bytes[..<count].withUnsafeBytes { self.concerns($0) } || concerns
        }
        if concerns { settle() }
    }

    private func settle() {
        if isSettling { return }
        isSettling = true
        queue.asyncAfter(deadline: .now() + Self.settling) { [weak self] in
            guard let self else { return }
            isSettling = false
            onChange.withLock { $0 }?()
        }
    }

    /// Whether one of the events is of a file that matters, or of a link such as `..data` beside it.
    private func concerns(_ events: UnsafeRawBufferPointer) -> Bool {
        var start = 0
        while start + Self.headLength <= events.count {
            let watch = events.loadUnaligned(fromByteOffset: start, as: Int32.self)
            let length = Int(events.loadUnaligned(fromByteOffset: start + 12, as: UInt32.self))
            let name = events[(start + Self.headLength)...].prefix(length).prefix { $0 != 0 }
            let text = String(decoding: name, as: UTF8.self)
            if text.hasPrefix("..") || names[watch]?.contains(text) == true { return true }
            start += Self.headLength + length
        }
        return false
    }
}
