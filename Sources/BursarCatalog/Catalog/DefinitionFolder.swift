import BursarBasics
import Glibc

/// The catalog's one piece of I/O: a file, or a folder's definition files. *Stateless;* blocks its thread.
///
/// For `check` of definitions, for `provider new` and for the mocks. `serve` reads them through `ConfigurationSources`, as all
/// that its configuration names.
package enum DefinitionFolder {
    /// The largest file that is read as a definition.
    package static let mostBytes = 1 << 20

    /// `*.yaml`, `*.yml` and `*.json` of a folder by name, or the one file: at least one.
    /// - Throws: a diagnostic that names what cannot be read, or the folder that has none.
    package static func files(at path: String) throws(Diagnostic) -> [DefinitionFile] {
        guard let folder = opendir(path) else {
            guard errno == ENOTDIR else { throw problem(path, errno) }
            return [try file(at: path, mayBePipe: true)]
        }
        defer { closedir(folder) }
        var names: [String] = []
        while let entry = readdir(folder) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { tuple in
                tuple.withMemoryRebound(to: CChar.self, capacity: MemoryLayout.size(ofValue: tuple.pointee)) {
                    String(cString: $0)
                }
            }
            if isDefinition(name) { names.append(name) }
        }
        guard !names.isEmpty else {
            throw Diagnostic(severity: .error, file: path, message: "no file in it ends in .yaml, .yml or .json")
        }
        var files: [DefinitionFile] = []
        for name in names.sorted() {
            files.append(try file(at: path.hasSuffix("/") ? path + name : "\(path)/\(name)", mayBePipe: false))
        }
        return files
    }

    /// Hidden files are editors' own.
    package static func isDefinition(_ name: String) -> Bool {
        !name.hasPrefix(".") && [".yaml", ".yml", ".json"].contains { name.lowercased().hasSuffix($0) }
    }

    /// - Parameter mayBePipe: A pipe that is named, as `/dev/stdin`, is waited for. One found in a folder is refused:
    ///   perhaps nobody ever writes into it.
    private static func file(at path: String, mayBePipe: Bool) throws(Diagnostic) -> DefinitionFile {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | (mayBePipe ? 0 : O_NONBLOCK))
        guard descriptor >= 0 else { throw problem(path, errno) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw problem(path, errno) }
        let kind = status.st_mode & S_IFMT
        guard kind == S_IFREG || mayBePipe && kind == S_IFIFO else {
            throw Diagnostic(severity: .error, file: path, message: "is no regular file")
        }
        do throws(SystemError) {
            let bytes = try Descriptor.readAll(descriptor, limit: mostBytes)
            if let bytes { return DefinitionFile(path: path, bytes: bytes) }
        } catch {
            throw problem(path, error.number)
        }
        throw Diagnostic(severity: .error, file: path, message: "larger than \(mostBytes) bytes")
    }

    private static func problem(_ path: String, _ number: Int32) -> Diagnostic {
        Diagnostic(severity: .error, file: path, message: number == ENOENT ? "there is no such file or folder" : "cannot be read")
    }
}
