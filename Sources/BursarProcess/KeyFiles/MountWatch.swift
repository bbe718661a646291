import CProcess
import Glibc

/// Tells when something is mounted or unmounted: of a file system that is put over a folder no folder knows. *Its owner's queue;*
/// closes itself.
///
/// The list of mounts is always readable and says by an urgent event that it has changed. A set of its own (epoll) makes that something
/// that can be waited for as for any other descriptor.
final class MountWatch {
    let descriptor: Int32
    private let list: Int32

    /// Nil where there is no such list, or no descriptor.
    init?(_ file: String = "/proc/self/mountinfo") {
        let list = open(file, O_RDONLY | O_CLOEXEC)
        guard list >= 0 else { return nil }
        let descriptor = bursar_mount_watch(list)
        guard descriptor >= 0 else {
            // Of what is not wholly made nothing else closes it: closed twice, it could be somebody else's by then.
            close(list)
            return nil
        }
        (self.list, self.descriptor) = (list, descriptor)
    }

    deinit {
        close(descriptor)
        close(list)
    }

    /// Takes what was told, so that only the next change is told again.
    func takeEvents() { bursar_mount_watch_take(descriptor) }
}

/// What a folder's file system tells of changes. *Stateless.*
enum FileSystemKind {
    /// Whether others can change files of it without this system hearing of that.
    static func isShared(_ folder: String) -> Bool {
        shared.contains(bursar_file_system(folder))
    }

    /// As statfs(2) lists them: NFS, SMB in three versions, FUSE, 9P, Ceph, AFS in two, Coda, Lustre, folders of a VirtualBox host.
    private static let shared: Set<UInt> = [
        0x6969, 0x517B, 0xFF53_4D42, 0xFE53_4D42, 0x6573_5546, 0x0102_1997, 0x00C3_6400, 0x5346_414F, 0x6B41_4653, 0x7375_7245,
        0x0BD0_0BD0, 0x786F_4256
    ]

    /// The places at which something is mounted.
    static func mountPoints() -> Set<String> {
        guard let file = fopen("/proc/self/mountinfo", "re") else { return [] }
        defer { fclose(file) }
        var points: Set<String> = []
        var line: UnsafeMutablePointer<CChar>?
        var capacity = 0
        defer { free(line) }
        while getline(&line, &capacity, file) > 0, let line {
            let fields = String(cString: line).split(separator: " ", maxSplits: 5)
            if fields.count > 5 { points.insert(unescaped(fields[4])) }
        }
        return points
    }

    /// Space, tabulator, line feed and backslash stand there as three octal digits.
    private static func unescaped(_ text: Substring) -> String {
        guard text.contains("\\") else { return String(text) }
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "\\"), rest.count >= 3,
                let value = UInt8(String(decoding: rest.prefix(3), as: UTF8.self), radix: 8)
            {
                bytes.append(value)
                rest.removeFirst(3)
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
