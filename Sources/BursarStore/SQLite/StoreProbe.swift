import BursarModel
package import BursarEngine
import Glibc

/// Looks whether a store could be used; makes nothing.
///
/// It opens the file only where `opens` is true: a gateway that reloads its configuration has the store open, and closing any
/// descriptor of a file drops the process's POSIX locks on it, SQLite's too.
package enum StoreProbe {
    /// Nil where nothing speaks against it.
    /// - Parameter opens: whether to look into the file, too: only for a process that does not serve with it.
    package static func fault(path: String, opens: Bool = false) -> StoreFault? {
        var status = stat()
        if stat(path, &status) == 0 {
            if status.st_mode & S_IFMT == S_IFDIR { return StoreFault(systemError: EISDIR) }
            guard status.st_mode & S_IFMT == S_IFREG else { return StoreFault(.foreign) }
            guard access(path, R_OK | W_OK) == 0 else { return StoreFault(systemError: errno) }
            if opens, status.st_size > 0, !beginsAsDatabase(path) { return StoreFault(.foreign) }
        } else if errno != ENOENT {
            return StoreFault(systemError: errno)
        } else if lstat(path, &status) == 0 {
            // Something stands there and leads nowhere.
            return StoreFault(systemError: ELOOP)
        }
        return faultBeside(StoreFiles(path: path))
    }

    /// Of the files beside it, which another user may have made, and of the folders in which they are made.
    private static func faultBeside(_ named: StoreFiles) -> StoreFault? {
        var status = stat()
        let isLockThere = lstat(named.lockPath, &status) == 0
        if isLockThere, status.st_mode & S_IFMT == S_IFLNK { return StoreFault(systemError: ELOOP) }
        // SQLite has its own beside the file itself, wherever a link leads.
        let itself = StoreFiles(path: resolved(named.path))
        for path in [named.lockPath, itself.walPath, itself.sharedMemoryPath]
        where access(path, R_OK | W_OK) != 0 && errno != ENOENT {
            return StoreFault(systemError: errno)
        }
        return folderFault(itself.path) ?? (isLockThere ? nil : folderFault(named.path))
    }

    /// The path without links; as it is where nothing stands there yet.
    private static func resolved(_ path: String) -> String {
        guard let whole = realpath(path, nil) else { return path }
        defer { free(whole) }
        return String(cString: whole)
    }

    /// Whether files can be made beside it. Where there is no folder yet, the next one up must take a new one.
    private static func folderFault(_ path: String) -> StoreFault? {
        var status = stat()
        var folder = path
        while let slash = folder.lastIndex(of: "/") {
            folder = slash == folder.startIndex ? "/" : String(folder[..<slash])
            guard stat(folder, &status) == 0 else {
                if errno == ENOENT, folder != "/" { continue }
                return StoreFault(systemError: errno)
            }
            guard status.st_mode & S_IFMT == S_IFDIR else { return StoreFault(.noFolder) }
            return access(folder, W_OK | X_OK) == 0 ? nil : StoreFault(systemError: errno)
        }
        return access(".", W_OK | X_OK) == 0 ? nil : StoreFault(systemError: errno)
    }

    private static func beginsAsDatabase(_ path: String) -> Bool {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        return StoreHeader(descriptor).isDatabase
    }
}
