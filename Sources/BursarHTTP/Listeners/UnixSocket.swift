import BursarBasics
import Glibc

/// Makes and removes the socket files of Unix listeners. *Blocking; only at start and stop.*
enum UnixSocket {
    /// The owner and the group: a socket to a process that holds keys is not for everybody.
    static let defaultMode: UInt16 = 0o660

    /// A bound descriptor. A file left over from a process that died is replaced, but only when it is a socket and nobody
    /// listens on it.
    static func boundDescriptor(path: String, mode: UInt16) throws(ListenError) -> Int32 {
        guard var address = address(path) else { throw failure(path, "the path has more than 107 bytes") }
        try removeStale(path: path, &address)
        let descriptor = newSocket()
        guard descriptor >= 0 else { throw failure(path, errno) }
        // The mode is set on the descriptor as well, so that the file never exists with a wider one.
        _ = fchmod(descriptor, mode_t(mode))
        let bound = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard bound == 0 else {
            let error = errno
            close(descriptor)
            throw failure(path, error)
        }
        guard chmod(path, mode_t(mode)) == 0 else {
            let error = errno
            close(descriptor)
            unlink(path)
            throw failure(path, error)
        }
        return descriptor
    }

    /// What tells one file from another that has taken its name. *Value.*
    struct Identity: Sendable, Equatable {
        let device: UInt64
        let inode: UInt64
    }

    static func identity(path: String) -> Identity? {
        var status = stat()
        guard lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFSOCK else { return nil }
        return Identity(device: UInt64(status.st_dev), inode: UInt64(status.st_ino))
    }

    /// Removes the file when it still is the one that was made: a successor may already listen under the same name.
    static func remove(path: String, _ expected: Identity?) {
        guard let expected, identity(path: path) == expected else { return }
        unlink(path)
    }

    private static func removeStale(path: String, _ address: inout sockaddr_un) throws(ListenError) {
        var status = stat()
        guard lstat(path, &status) == 0 else { return }
        guard status.st_mode & S_IFMT == S_IFSOCK else { throw failure(path, "there is a file that is no socket") }
        let probe = newSocket()
        guard probe >= 0 else { throw failure(path, errno) }
        defer { close(probe) }
        let connected = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(probe, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard connected != 0, errno == ECONNREFUSED else { throw failure(path, "another process listens there") }
        guard unlink(path) == 0 || errno == ENOENT else { throw failure(path, errno) }
    }

    private static func newSocket() -> Int32 {
        socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    }

    private static func address(_ path: String) -> sockaddr_un? {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(path.utf8)
        let fits = withUnsafeMutableBytes(of: &address.sun_path) { target in
            guard bytes.count < target.count, !bytes.contains(0) else { return false }
            target.copyBytes(from: bytes)
            return true
        }
        return fits ? address : nil
    }

    private static func failure(_ path: String, _ error: Int32) -> ListenError {
        failure(path, SystemError(number: error).words)
    }
    private static func failure(_ path: String, _ reason: String) -> ListenError {
        ListenError(address: "unix:\(path)", reason: reason)
    }
}
