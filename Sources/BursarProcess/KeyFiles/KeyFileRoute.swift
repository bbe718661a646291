import Glibc

/// How a path leads to its file: each name that is looked up on the way, in which folder, through every link. *Value.*
///
/// A key is rotated by changing any of these names: the file's own, a folder's, a link's, or that of what a link leads to.
struct KeyFileRoute: Equatable, Sendable {
    /// A name that is looked up in a folder. *Value.*
    struct Step: Hashable, Sendable {
        let folder: String
        let name: String
    }

    /// From the root, or from the working folder, to the file. As far as the way goes: of a file that is not there it ends with the name
    /// that is missing.
    private(set) var steps: [Step] = []
    /// What stood under each name when the way was gone.
    private(set) var found: [PathIdentity?] = []

    /// As the kernel (path_resolution(7)).
    private static let mostLinks = 40

    init(_ path: String) {
        var folder = path.hasPrefix("/") ? "/" : "."
        var pending = Self.names(path)
        var links = 0
        while let name = pending.popLast() {
            if name == ".." {
                folder = Self.parent(of: folder)
                continue
            }
            steps.append(Step(folder: folder, name: name))
            let path = Self.joined(folder, name)
            var status = stat()
            let isThere = lstat(path, &status) == 0
            found.append(isThere ? PathIdentity(status) : nil)
            guard isThere else { return }
            switch status.st_mode & S_IFMT {
            case S_IFLNK:
                links += 1
                guard links <= Self.mostLinks, let target = Self.target(path) else { return }
                if target.hasPrefix("/") { folder = "/" }
                pending += Self.names(target)
            case S_IFDIR: folder = path
            default: return
            }
        }
    }

    /// Whether a name on it is missing.
    var isBroken: Bool { found.last == .some(nil) }

    /// Where the file itself stands, without a link in it.
    var end: String? { steps.last.map { Self.joined($0.folder, $0.name) } }
    var endFolder: String? { steps.last?.folder }

    /// The last name first.
    private static func names(_ path: String) -> [String] {
        path.split(separator: "/").map(String.init).filter { $0 != "." }.reversed()
    }

    /// Of a folder that no link leads to any more, as links were followed: so a name less is the folder above, and not elsewhere.
    private static func parent(of folder: String) -> String {
        if folder == "/" { return folder }
        // The working folder, and what lies above it, have no name here.
        guard let slash = folder.lastIndex(of: "/"), !folder.hasSuffix("/..") else { return joined(folder, "..") }
        return slash == folder.startIndex ? "/" : String(folder[..<slash])
    }

    private static func joined(_ folder: String, _ name: String) -> String { folder == "/" ? "/" + name : folder + "/" + name }

    private static func target(_ link: String) -> String? {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = readlink(link, &buffer, buffer.count)
        guard count > 0, count < buffer.count else { return nil }
        return String(decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}

/// Which file, folder or link stands under a name: another one has another number, or lies in another file system. *Value.*
struct PathIdentity: Equatable, Sendable {
    private let device: UInt64
    private let number: UInt64
    /// A number is given again at once where the file before is gone: so the time of its making counts, too.
    private let changedSeconds: Int
    private let changedNanoseconds: Int

    init(_ status: stat) {
        device = UInt64(status.st_dev)
        number = UInt64(status.st_ino)
        let isFolder = status.st_mode & S_IFMT == S_IFDIR
        // A folder's changes whenever something is made in it, which says nothing of the folder.
        changedSeconds = isFolder ? 0 : status.st_ctim.tv_sec
        changedNanoseconds = isFolder ? 0 : status.st_ctim.tv_nsec
    }
}
