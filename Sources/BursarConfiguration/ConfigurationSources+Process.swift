import BursarBasics
import Foundation
import Glibc

extension ConfigurationSources {
    /// The real ones: this process's environment and file system.
    package static func process() -> ConfigurationSources {
        let environment = ProcessInfo.processInfo.environment
        var sources = ConfigurationSources(
            environment: environment, home: environment["HOME"].flatMap { $0.isEmpty ? nil : $0 },
            readFile: { path, limit in readWholeFile(path, limit: limit) },
            listFolder: { path in namesInFolder(path) })
        sources.patience = .seconds(10)
        sources.workingFolder = workingFolder()
        sources.checkSocket = socketFault
        sources.runCommand = { CommandRunner.run($0, environment: environment, limit: $1) }
        return sources
    }

    /// What would keep `bind(2)` from making the socket, as far as looking tells.
    private static func socketFault(_ path: String) -> String? {
        let slash = path.lastIndex(of: "/")
        let folder = slash.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
        var status = stat()
        guard stat(folder, &status) == 0 else {
            return errno == ENOENT ? "is in a folder that does not exist" : "is in a folder that cannot be looked at"
        }
        guard status.st_mode & S_IFMT == S_IFDIR else { return "is in something that is no folder" }
        if lstat(path, &status) == 0, status.st_mode & S_IFMT != S_IFSOCK { return "is a file that is no socket" }
        return access(folder, W_OK | X_OK) == 0 ? nil : "is in a folder that this user may not write"
    }

    private static func workingFolder() -> String? {
        guard let path = getcwd(nil, 0) else { return nil }
        defer { free(path) }
        return String(cString: path)
    }

    /// Size and permissions are asked of the descriptor, not of the path, so that they belong to what is read. Opened without
    /// blocking: a pipe nobody writes to is an empty file, not a start that waits.
    private static func readWholeFile(_ path: String, limit: Int) -> Result<FileContent, FileProblem> {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { return .failure(FileProblem(systemError: errno)) }
        defer { close(descriptor) }

        var status = stat()
        guard fstat(descriptor, &status) == 0 else { return .failure(FileProblem(systemError: errno)) }
        let kind = status.st_mode & S_IFMT
        guard kind != S_IFDIR else { return .failure(.isAFolder) }
        if kind != S_IFREG { _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) & ~O_NONBLOCK) }

        let bytes: [UInt8]
        do throws(SystemError) {
            guard let all = try Descriptor.readAll(descriptor, limit: limit) else { return .failure(.tooLarge(limit: limit)) }
            bytes = all
        } catch {
            return .failure(FileProblem(systemError: error.number))
        }
        guard kind == S_IFREG else { return .success(FileContent(bytes: bytes)) }
        return .success(
            FileContent(
                bytes: bytes, permissions: UInt16(status.st_mode & 0o7777), isReplaceableByAnyone: isReplaceableByAnyone(path)))
    }

    /// Whether a folder on the way may be written by everyone, so that any name in it may be made to stand for something else. Not where
    /// its sticky bit keeps names to their owners, as in /tmp.
    private static func isReplaceableByAnyone(_ path: String) -> Bool {
        var paths = [path]
        if let whole = realpath(path, nil) {
            paths.append(String(cString: whole))
            free(whole)
        }
        return paths.contains { path in
            var path = path[...]
            while let slash = path.lastIndex(of: "/") {
                path = path[..<slash]
                var status = stat()
                guard stat(path.isEmpty ? "/" : String(path), &status) == 0 else { continue }
                if status.st_mode & 0o002 != 0, status.st_mode & S_ISVTX == 0 { return true }
            }
            return false
        }
    }

    private static func namesInFolder(_ path: String) -> Result<[String], FileProblem> {
        guard let folder = opendir(path) else { return .failure(FileProblem(systemError: errno)) }
        defer { closedir(folder) }
        var names: [String] = []
        while let entry = readdir(folder) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { tuple in
                tuple.withMemoryRebound(to: CChar.self, capacity: MemoryLayout.size(ofValue: tuple.pointee)) {
                    String(cString: $0)
                }
            }
            if name != "." && name != ".." { names.append(name) }
        }
        return .success(names)
    }
}

extension FileProblem {
    fileprivate init(systemError: Int32) {
        switch systemError {
        case ENOENT: self = .notFound
        case EACCES, EPERM: self = .notPermitted
        case EISDIR: self = .isAFolder
        case ENOTDIR: self = .notAFolder
        default: self = .other(systemError)
        }
    }
}
