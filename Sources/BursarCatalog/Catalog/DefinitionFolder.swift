import Glibc

/// The catalog's one piece of I/O: a file, or a folder's definition files. Blocking, for start and for tests. *Pure but for the
/// file system.*
package enum DefinitionFolder {
    /// A definition is an OpenAPI document with one path.
    package static let mostBytes = 1 << 20

    /// `*.yaml`, `*.yml` and `*.json` of a folder by name, or the one file.
    /// - Throws: a diagnostic that names what cannot be read.
    package static func files(at path: String) throws(Diagnostic) -> [DefinitionFile] {
        guard let folder = opendir(path) else {
            guard errno == ENOTDIR else { throw problem(path) }
            return [try file(at: path)]
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
        var files: [DefinitionFile] = []
        for name in names.sorted() { files.append(try file(at: path.hasSuffix("/") ? path + name : "\(path)/\(name)")) }
        return files
    }

    /// Hidden files are editors' own.
    package static func isDefinition(_ name: String) -> Bool {
        !name.hasPrefix(".") && [".yaml", ".yml", ".json"].contains { name.lowercased().hasSuffix($0) }
    }

    private static func file(at path: String) throws(Diagnostic) -> DefinitionFile {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw problem(path) }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = chunk.withUnsafeMutableBytes { read(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw problem(path) }
            if count == 0 { return DefinitionFile(path: path, bytes: bytes) }
            bytes += chunk[..<count]
            guard bytes.count <= mostBytes else {
                throw Diagnostic(severity: .error, file: path, message: "larger than \(mostBytes) bytes")
            }
        }
    }

    private static func problem(_ path: String) -> Diagnostic {
        Diagnostic(severity: .error, file: path, message: errno == ENOENT ? "there is no such file or folder" : "cannot be read")
    }
}
