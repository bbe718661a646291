import Glibc

/// Asks the kernel (inotify) to tell when one of some names is made, written, replaced or taken away. *Its owner's queue;* closes itself.
final class FolderWatch {
    let descriptor: Int32
    /// The names that matter, by watch.
    private var names: [Int32: Set<String>] = [:]
    /// Watches of files themselves, of which every event matters.
    private var files: Set<Int32> = []

    /// A name in a folder leads elsewhere, or nowhere: made, renamed into place, moved away, removed.
    private static let ofNames =
        UInt32(IN_MOVED_TO) | UInt32(IN_CREATE) | UInt32(IN_MOVED_FROM) | UInt32(IN_DELETE) | UInt32(IN_MASK_ADD)
        | UInt32(IN_ONLYDIR)
    /// The file that a name stands for was written.
    private static let ofLastName = UInt32(IN_CLOSE_WRITE)
    /// It was written under another of its names, or by somebody who keeps it open.
    private static let ofFiles = UInt32(IN_MODIFY) | UInt32(IN_CLOSE_WRITE)
    /// Something was not told, or is not told any more.
    private static let gaps = UInt32(IN_Q_OVERFLOW) | UInt32(IN_UNMOUNT)
    /// In front of each event's name: watch, mask, cookie, the name's length; four bytes each.
    private static let headLength = 16

    /// Nil where the system has none left.
    init?() {
        let descriptor = inotify_init1(O_NONBLOCK | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        self.descriptor = descriptor
    }

    deinit { close(descriptor) }

    /// - Returns: the system's error number for each folder that cannot be watched.
    func watch(_ routes: some Sequence<KeyFileRoute>) -> [(folder: String, number: Int32)] {
        var failed: [String: Int32] = [:]
        for route in routes {
            for (index, step) in route.steps.enumerated() where failed[step.folder] == nil {
                let isLast = index == route.steps.count - 1
                let watch = inotify_add_watch(descriptor, step.folder, Self.ofNames | (isLast ? Self.ofLastName : 0))
                if watch >= 0 { names[watch, default: []].insert(step.name) } else { failed[step.folder] = errno }
            }
            if let end = route.end {
                let watch = inotify_add_watch(descriptor, end, Self.ofFiles)
                if watch >= 0 { files.insert(watch) }
            }
        }
        return failed.sorted { $0.key < $1.key }.map { (folder: $0.key, number: $0.value) }
    }

    /// Takes what was told. Whether any of it matters.
    func takeEvents() -> Bool {
        var bytes = [UInt8](repeating: 0, count: 16_384)
        var matters = false
        while true {
            let count = bytes.withUnsafeMutableBytes { read(descriptor, $0.baseAddress, $0.count) }
            guard count > 0 else { return matters }
            matters = bytes[..<count].withUnsafeBytes { self.matters($0) } || matters
        }
    }

    func matters(_ events: UnsafeRawBufferPointer) -> Bool {
        var start = 0
        while start + Self.headLength <= events.count {
            let watch = events.loadUnaligned(fromByteOffset: start, as: Int32.self)
            let mask = events.loadUnaligned(fromByteOffset: start + 4, as: UInt32.self)
            let length = Int(events.loadUnaligned(fromByteOffset: start + 12, as: UInt32.self))
            if mask & Self.gaps != 0 { return true }
            if mask & UInt32(IN_IGNORED) == 0 {
                if files.contains(watch) { return true }
                let name = events[(start + Self.headLength)...].prefix(length).prefix { $0 != 0 }
                if names[watch]?.contains(String(decoding: name, as: UTF8.self)) == true { return true }
            }
            start += Self.headLength + length
        }
        return false
    }
}
