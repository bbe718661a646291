package import BursarEngine
import Glibc

/// Looks whether a store could be used, without making or opening anything.
///
/// Beside a running gateway it must not even open the file: a running gateway reads its configuration again in the process that has the store open, and to close
/// any descriptor of a file drops all of a process's POSIX locks on it, SQLite's too.
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
        if lstat(path + ".lock", &status) == 0, status.st_mode & S_IFMT == S_IFLNK { return StoreFault(systemError: ELOOP) }
        // SQLite makes files beside it; where there is no folder yet, the next one up must take a new one.
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
