import Foundation
import Glibc
import Testing

@testable import BursarCatalog

@Suite struct DefinitionFolderTests {
    private static let folder =
        #filePath.split(separator: "/").dropLast(4).map { "/" + $0 }.joined() + "/Sources/BursarCatalog/Definitions"

    @Test func `a folder gives its definitions by name, a file itself`() throws {
        let files = try DefinitionFolder.files(at: Self.folder)
        #expect(
            files.map { String($0.path.split(separator: "/").last ?? "") }
                == files.map { String($0.path.split(separator: "/").last ?? "") }.sorted())
        #expect(files.count == BuiltInDefinitions.shared.ids.count)
        #expect(try DefinitionFolder.files(at: Self.folder + "/fal.yaml") == files.filter { $0.path.hasSuffix("/fal.yaml") })
    }

    @Test func `what is not there is told`() {
        do throws(Diagnostic) {
            _ = try DefinitionFolder.files(at: "/nonexistent/folder")
            Issue.record("read")
        } catch {
            #expect(error.description == "/nonexistent/folder: error: there is no such file or folder")
        }
    }

    private func withFolder(_ body: (_ path: String) throws -> Void) throws {
        let path = "/tmp/bursar-definitions-" + String((0..<8).map { _ in "abcdefghijklmnopqrstuvwxyz".randomElement() ?? "a" })
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
        defer { try? FileManager.default.removeItem(atPath: path) }
        try body(path)
    }

    private func complaint(_ path: String) -> String? {
        do throws(Diagnostic) {
            _ = try DefinitionFolder.files(at: path)
            return nil
        } catch {
            return error.description
        }
    }

    // `bursar check FOLDER` said "ok" of a folder with acme.yaml.txt.
    @Test func `a folder without a definition is an error`() throws {
        try withFolder { path in
            try Data("openapi: 3.1.0\n".utf8).write(to: URL(fileURLWithPath: path + "/acme.yaml.txt"))
            #expect(complaint(path) == "\(path): error: no file in it ends in .yaml, .yml or .json")
        }
    }

    // It was opened, and opening waited for somebody to write.
    @Test func `a pipe that lies in a folder is refused, and nobody waits for it; one that is named is read`() throws {
        try withFolder { path in
            try #require(mkfifo(path + "/x.yaml", 0o600) == 0)
            #expect(complaint(path) == "\(path)/x.yaml: error: is no regular file")
            // Opening waits for the reader, and closing is the end.
            Thread { try? Data("openapi: 3.1.0\n".utf8).write(toPipe: path + "/x.yaml") }.start()
            #expect(complaint(path + "/x.yaml") == nil)
        }
    }

    @Test(arguments: [0, 1])
    func `a file may be as large as the limit and no larger`(more: Int) throws {
        try withFolder { path in
            let file = path + "/x.yaml"
            try Data(repeating: 0x20, count: DefinitionFolder.mostBytes + more).write(to: URL(fileURLWithPath: file))
            #expect(complaint(file) == (more == 0 ? nil : "\(file): error: larger than 1048576 bytes"))
        }
    }

    @Test(arguments: [
        ("a.yaml", true), ("a.yml", true), ("a.JSON", true), (".a.yaml", false), ("a.yaml~", false), ("yaml", false)
    ])
    func `definitions are told by their names`(name: String, expected: Bool) {
        #expect(DefinitionFolder.isDefinition(name) == expected)
    }
}

extension Data {
    fileprivate func write(toPipe path: String) throws {
        let pipe = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
        try pipe.write(contentsOf: self)
        try pipe.close()
    }
}
