import BursarBasics
import BursarEngine
import BursarModel
import Foundation
import Glibc

/// The files of a store on disk: the database, what SQLite puts beside it, and the lock that keeps a second process out. *Value.*
///
/// The lock is a file of its own, held with `flock`: it ends with the process however that ends, and it does not meet SQLite's
/// own locks, which would be dropped if this process opened the database file once more.
struct StoreFiles: Sendable {
    let path: String

    static let mostMovedAside = 10

    /// By the name that was given: of two gateways, one that uses a link to the file of the other is not kept out by it.
    var lockPath: String { path + ".lock" }
    // Where `path` is a link, SQLite has these beside the file itself, and in its mode.
    var walPath: String { path + "-wal" }
    var sharedMemoryPath: String { path + "-shm" }
    private var folder: String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    /// Makes the folder, for this user alone, where it is missing. One that is there stays as it is: its owner chose its mode.
    func makeFolder() throws(StoreFault) {
        var missing: [String] = []
        var folder = folder
        while access(folder, F_OK) != 0, folder != "/", folder != "." {
            missing.append(folder)
            guard let slash = folder.lastIndex(of: "/") else { break }
            folder = slash == folder.startIndex ? "/" : String(folder[..<slash])
        }
        for folder in missing.reversed() where mkdir(folder, 0o700) != 0 && errno != EEXIST {
            throw StoreFault(systemError: errno)
        }
    }

    /// Makes the database file, for this user alone. One that is there stays as it is until it is known to be ours: its name may be a
    /// link to anything, and what does not begin as a database was never one.
    /// - Returns: how it begins. To be asked before SQLite opens it: closing a descriptor would drop SQLite's locks.
    func makeFile() throws(StoreFault) -> StoreHeader {
        let descriptor = try openedOrMade()
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw StoreFault(systemError: errno) }
        let header = StoreHeader(descriptor)
        guard status.st_mode & S_IFMT == S_IFREG, status.st_size == 0 || header.isDatabase else { throw StoreFault(.foreign) }
        return header
    }

    /// A link to a file is followed, because somebody may keep the store on another disk. None is followed to make a file: where others may
    /// write into the folder, it would be made wherever they say.
    private func openedOrMade() throws(StoreFault) -> Int32 {
        for _ in 0..<2 {
            let existing = open(path, O_RDWR | O_CLOEXEC | O_NONBLOCK)
            if existing >= 0 { return existing }
            guard errno == ENOENT else { throw StoreFault(systemError: errno) }
            let made = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NONBLOCK, 0o600)
            if made >= 0 { return made }
            // Somebody else made it in between: it is opened in the second round. Or it is a link to nothing.
            guard errno == EEXIST else { throw StoreFault(systemError: errno) }
        }
        throw StoreFault(systemError: ELOOP)
    }

    /// Takes away what others may do with the file: it holds balances and the key of the digests. SQLite gives the files that it makes
    /// beside it the same mode. What another user owns stays as that user chose. By its name, because a descriptor that is closed would
    /// take SQLite's locks with it.
    func makePrivate() {
        // Those beside it may stand already, from before.
        for path in [path, path + "-wal", path + "-shm"] {
            var status = stat()
            guard stat(path, &status) == 0, status.st_uid == geteuid(), status.st_mode & 0o077 != 0 else { continue }
            chmod(path, 0o600)
        }
    }

    /// Whether nothing was ever kept: no file, one that nothing was written into yet, or what is none.
    var holdNothing: Bool {
        var status = stat()
        guard stat(path, &status) == 0 else { return errno == ENOENT || errno == ENOTDIR }
        return status.st_size == 0 || status.st_mode & S_IFMT != S_IFREG
    }

    /// What stands under the path now; nil where nothing does.
    func identity() -> FileIdentity? { FileIdentity(path) }

    /// Takes broken files out of the way under a name with the time, and keeps them. Returns the new name.
    ///
    /// Ten are kept, and then no more are made: a disk that breaks every file would be filled with them. The gateway serves from memory
    /// until somebody looks.
    func moveAside(_ now: WallTime) throws(StoreFault) -> String {
        let beside = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        let prefix = path.split(separator: "/").last.map { "\($0).corrupt-" } ?? ""
        guard beside.count(where: { $0.hasPrefix(prefix) && !$0.hasSuffix("-wal") }) < Self.mostMovedAside else {
            throw StoreFault(.corrupt)
        }
        let stamp = now.rfc3339.filter { $0 != ":" && $0 != "-" && $0 != "." }
        var name = "\(path).corrupt-\(stamp)"
        var number = 2
        while access(name, F_OK) == 0 {
            name = "\(path).corrupt-\(stamp)-\(number)"
            number += 1
        }
        // The log of changes belongs to the file: apart, neither can be looked into. Only an index of it is dropped.
        if rename(path, name) != 0, errno != ENOENT { throw StoreFault(systemError: errno) }
        if rename(walPath, name + "-wal") != 0, errno != ENOENT { throw StoreFault(systemError: errno) }
        unlink(sharedMemoryPath)
        return name
    }

    /// Log and index of a database that is gone: SQLite would take them for those of the next one.
    func removeOrphans() {
        guard access(path, F_OK) != 0 else { return }
        unlink(walPath)
        unlink(sharedMemoryPath)
    }
}

/// Which file stands under a path: two are the same file exactly when these are equal. *Value.*
struct FileIdentity: Sendable, Equatable {
    private let device: UInt64
    private let number: UInt64

    init?(_ path: String) {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        device = UInt64(status.st_dev)
        number = UInt64(status.st_ino)
    }
}

/// Keeps other processes from serving with the same store, for as long as it lives. *Immutable; any thread.*
final class StoreLock: Sendable {
    private let descriptor: Int32

    /// Its file is never a link: nobody has a reason to make one, and who may write into the folder could have a file of ours made, or
    /// another one held, elsewhere.
    init(_ path: String) throws(StoreFault) {
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw StoreFault(systemError: errno) }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let number = errno
            close(descriptor)
            throw number == EWOULDBLOCK ? StoreFault(.inUse) : StoreFault(systemError: number)
        }
        self.descriptor = descriptor
    }

    deinit { close(descriptor) }
}

extension StoreFault {
    init(systemError number: Int32) {
        let code = Code.system(SystemError(number: number))
        switch number {
        case EACCES, EPERM: self.init(.notPermitted, code: code)
        case EROFS: self.init(.readOnly, code: code)
        case ENOSPC, EDQUOT, EFBIG: self.init(.full, code: code)
        case ENOENT, ENOTDIR: self.init(.noFolder, code: code)
        case EISDIR, ELOOP: self.init(.foreign, code: code)
        case ENOLCK, ENOTSUP: self.init(.noLocks, code: code)
        default: self.init(.failed, code: code)
        }
    }
}
