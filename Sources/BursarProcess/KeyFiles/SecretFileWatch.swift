import Dispatch
package import Logging
import Synchronization

/// Hears from the kernel when a file that holds a key is replaced or written anew. *Own queue;* any thread may call.
///
/// No timer: while nothing changes, nothing wakes up. Watched are the folders of every name on the way to a file, through every link, the
/// files themselves, and the list of mounts: a key may be rotated by changing any of these. What no system tells (a network's file
/// system, a file that is mounted alone) is told to the operator; there a reload is asked for (SIGHUP, `POST /admin/reload`).
///
/// It cannot know what happened before it listened, so it reports one change whenever it begins to.
package final class SecretFileWatch: Sendable {
    /// Several files are often replaced together.
    private static let settling = DispatchTimeInterval.milliseconds(300)
    /// How many times routes are looked up anew that change while they are being watched.
    private static let attempts = 5

    private let queue = DispatchQueue(label: "bursar.keys")
    private let state: QueueBound
    private let logger: Logger
    private let onChange = Mutex<(@Sendable () -> Void)?>(nil)

    /// Touched on ``queue`` alone.
    private final class QueueBound: @unchecked Sendable {
        var files: Set<String> = []
        var routes: [KeyFileRoute] = []
        var sources: [any DispatchSourceRead] = []
        /// Files that were not there when somebody looked last.
        var missing: Set<String> = []
        var isSettling = false
        /// Once true, it stays so.
        var isStopped = false
        /// What the operator was told once.
        var told: Set<String> = []
    }

    package init(logger: Logger) {
        self.logger = logger
        state = QueueBound()
    }

    /// - Parameter change: called once things have settled; must not block for long.
    package func onChange(_ change: @escaping @Sendable () -> Void) { onChange.withLock { $0 = change } }

    /// Watches these files in place of those before. What cannot be watched is told and left out: a reload finds it all the same.
    package func follow(_ files: Set<String>) {
        queue.async {
            guard !self.state.isStopped else { return }
            let filesChanged = self.state.files != files
            self.state.files = files
            let routesChanged = self.watch()
            self.state.missing = self.missing
            // Settles also where only the set of files changed: a change that was about to be heard must not be lost.
            if routesChanged || filesChanged, !files.isEmpty { self.settle() }
        }
    }

    package func stop() {
        onChange.withLock { $0 = nil }
        queue.async {
            self.state.isStopped = true
            self.stopListening()
        }
    }

    private var currentRoutes: [KeyFileRoute] { state.files.sorted().map(KeyFileRoute.init) }

    /// Watches the routes as they are now.
    /// - Returns: whether any of them differs from before.
    private func watch() -> Bool {
        var routes = currentRoutes
        guard routes != state.routes else { return false }
        for _ in 0..<Self.attempts {
            listen(to: routes)
            // What changed before anybody listened is seen by going the way again.
            let again = currentRoutes
            if again == routes { break }
            routes = again
        }
        state.routes = routes
        tellOfGaps(routes)
        return true
    }

    private func listen(to routes: [KeyFileRoute]) {
        stopListening()
        guard !routes.isEmpty else { return }
        guard let folders = FolderWatch() else {
            return tell("key files cannot be watched: what changes in them takes a reload", "every folder")
        }
        for (folder, number) in folders.watch(routes) {
            tell("a folder on the way to key files cannot be watched: what changes in it takes a reload", folder, "\(number)")
        }
        add(folders.descriptor, of: folders) { [weak self] in if folders.takeEvents() { self?.settle() } }
        guard let mounts = MountWatch() else {
            return tell("mounts cannot be watched: what is mounted over key files takes a reload", "/proc/self/mountinfo")
        }
        add(mounts.descriptor, of: mounts) { [weak self] in
            mounts.takeEvents()
            self?.mountsChanged()
        }
    }

    /// - Parameter owner: closes the descriptor; kept until nobody listens to that any more.
    private func add(_ descriptor: Int32, of owner: AnyObject, _ handler: @escaping () -> Void) {
        let source = DispatchSource.makeReadSource(fileDescriptor: descriptor, queue: queue)
        source.setEventHandler(handler: handler)
        source.setCancelHandler { withExtendedLifetime(owner) {} }
        source.activate()
        state.sources.append(source)
    }

    private func stopListening() {
        for source in state.sources { source.cancel() }
        state.sources = []
    }

    /// Most mounts are of something else.
    private func mountsChanged() {
        if !state.isStopped, currentRoutes != state.routes { settle() }
    }

    private func settle() {
        if state.isSettling { return }
        state.isSettling = true
        queue.asyncAfter(deadline: .now() + Self.settling) { [weak self] in
            guard let self, !state.isStopped else { return }
            state.isSettling = false
            _ = watch()
            // While a file is missing a reload is refused as a whole: one warning is enough. Its return is a change, and reports the others.
            if !tellOfGone() { onChange.withLock { $0 }?() }
        }
    }

    // MARK: - What the operator is told

    private var missing: Set<String> { Set(zip(state.files.sorted(), state.routes).filter { $1.isBroken }.map(\.0)) }

    /// Once for each time that a file goes.
    /// - Returns: whether one is gone that was there before.
    private func tellOfGone() -> Bool {
        let missing = missing
        let gone = missing.subtracting(state.missing)
        state.missing = missing
        for file in gone.sorted() {
            logger.warning(
                "a key's file is gone: the key in force stays, and a restart would fail", metadata: ["path": "\(file)"])
        }
        return !gone.isEmpty
    }

    private func tellOfGaps(_ routes: [KeyFileRoute]) {
        let mounts = FileSystemKind.mountPoints()
        for folder in Set(routes.compactMap(\.endFolder)).sorted() where FileSystemKind.isShared(folder) {
            tell("what others change in this folder is not told to this machine: after a key's rotation there, reload", folder)
        }
        for end in Set(routes.compactMap(\.end)).sorted() where mounts.contains(end) {
            tell("a key's file is mounted alone: what takes its place outside is not seen here; mount its folder", end)
        }
    }

    private func tell(_ message: String, _ path: String, _ number: String? = nil) {
        guard state.told.insert("\(path) \(message)").inserted else { return }
        var metadata: Logger.Metadata = ["path": "\(path)"]
        if let number { metadata["errno"] = "\(number)" }
        logger.warning("\(message)", metadata: metadata)
    }
}
