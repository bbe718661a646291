import Foundation
import TestSupport
import Testing

@testable import BursarConfiguration

/// Who can put another file in a key's place, on a real file system (B12).
@Suite struct KeyFolderTests {
    private func findings(_ folder: ScratchFolder, _ key: String) throws -> [AuditFinding] {
        let configuration = try folder.write(
            "store: memory\naccounts: [{provider: sunor, key: '${file:\(key)}'}]", to: "bursar.yaml")
        for file in [configuration, key] {
            try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: file)
        }
        return ConfigurationReader(sources: .process(), builtIn: try builtInCatalog.get())
            .read(ConfigurationRequest(path: configuration)).findings
    }

    private func folder(_ path: String, mode: Int) throws {
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
    }

    @Test func `a key's file in a folder that everyone may write is told (B12)`() throws {
        let scratch = try ScratchFolder()
        defer { scratch.remove() }
        try folder(scratch.file("open"), mode: 0o777)
        let key = try scratch.write("abcdefgh-1", to: "open/key")
        let found = try findings(scratch, key)
        #expect(found.contains { $0.rule == .keyFileWritableByAnyone })
        // Also where the folder is further up, or behind a link.
        try folder(scratch.file("open/closed"), mode: 0o700)
        let below = try scratch.write("abcdefgh-1", to: "open/closed/key")
        #expect(try findings(scratch, below).contains { $0.rule == .keyFileWritableByAnyone })
        try FileManager.default.createSymbolicLink(atPath: scratch.file("link"), withDestinationPath: "open/key")
        #expect(try findings(scratch, scratch.file("link")).contains { $0.rule == .keyFileWritableByAnyone })
    }

    @Test func `a folder with a sticky bit, or of its owner alone, is not`() throws {
        let scratch = try ScratchFolder()
        defer { scratch.remove() }
        for (name, mode) in [("sticky", 0o1777), ("own", 0o700)] {
            try folder(scratch.file(name), mode: mode)
            let key = try scratch.write("abcdefgh-1", to: "\(name)/key")
            #expect(!(try findings(scratch, key).contains { $0.rule == .keyFileWritableByAnyone }), "\(name)")
        }
    }
}
