import BursarBasics
import Glibc

/// A small file read whole, and how to tell that it was replaced; a *value*.
struct TLSFile: Equatable {
    /// Bundles of hundreds of authorities stay below this; anything larger is a mistake.
    static let limit = 4 << 20

    /// What changes when a file is renewed: another inode where it was renamed into place, else size or time.
    struct Stamp: Equatable, Sendable {
        var device: UInt64
        var inode: UInt64
        var size: Int64
        var seconds: Int64
        var nanoseconds: Int64
    }

    let bytes: [UInt8]
    let stamp: Stamp

    init(reading path: String) throws(TLSError) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw TLSFile.failure(path) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw TLSFile.failure(path) }
        guard status.st_mode & S_IFMT != S_IFDIR else { throw TLSError(file: path, reason: .notReadable("is a directory")) }
        stamp = Stamp(status)
        let all: [UInt8]?
        do throws(SystemError) {
            all = try Descriptor.readAll(descriptor, limit: TLSFile.limit)
        } catch {
            throw TLSError(file: path, reason: .notReadable(error.words))
        }
        guard let all else { throw TLSError(file: path, reason: .tooLarge(limit: TLSFile.limit)) }
        bytes = all
    }

    /// The stamp of the file that is there now; nil when there is none.
    static func stamp(of path: String) -> Stamp? {
        var status = stat()
        return stat(path, &status) == 0 ? Stamp(status) : nil
    }

    /// Whether a PEM block whose label ends with `label` begins anywhere in the file.
    func holdsBlock(_ label: String) -> Bool {
        String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline).contains {
            $0.hasPrefix("-----BEGIN ") && $0.contains("\(label)-----")
        }
    }

    private static func failure(_ path: String) -> TLSError {
        let number = errno
        if number == ENOENT || number == ENOTDIR { return TLSError(file: path, reason: .notFound) }
        return TLSError(file: path, reason: .notReadable(SystemError(number: number).words))
    }
}

extension TLSFile.Stamp {
    fileprivate init(_ status: stat) {
        let changed = status.st_mtim
        self.init(
            device: UInt64(truncatingIfNeeded: status.st_dev), inode: UInt64(status.st_ino), size: Int64(status.st_size),
            seconds: Int64(changed.tv_sec), nanoseconds: Int64(changed.tv_nsec))
    }
}
