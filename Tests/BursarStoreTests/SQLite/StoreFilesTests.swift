import BursarEngine
import BursarModel
import BursarSQLite
import Foundation
import Testing

@testable import BursarStore

@Suite struct StoreFilesTests {
    private func mode(_ path: String) throws -> Int {
        try #require(FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int)
    }

    private func open(_ path: String, to mode: Int) throws {
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
    }

    @Test func `a path that is a link to somebody else's file leaves that file as it is (B11)`() async throws {
        let scratch = Scratch()
        let foreign = scratch.file("theirs.db")
        let db = try Database(path: foreign)
        try db.run(script: "CREATE TABLE theirs (x)")
        db.close()
        try open(foreign, to: 0o644)
        let before = try Data(contentsOf: URL(fileURLWithPath: foreign))
        try FileManager.default.createSymbolicLink(atPath: scratch.file(), withDestinationPath: foreign)
        let store = scratch.store()
        await #expect { _ = try await store.open(identity: nil) } throws: { ($0 as? StoreFault)?.reason == .foreign }
        #expect(try mode(foreign) == 0o644)
        #expect(try Data(contentsOf: URL(fileURLWithPath: foreign)) == before)
    }

    @Test(arguments: [
        "notes of somebody else, long enough to be looked at as a page of a database", "short", "\0", "SQLite format 3"
    ])
    func `what is no database is refused and stays as it is, where it is (B11)`(text: String) async throws {
        let scratch = Scratch()
        try Data(text.utf8).write(to: URL(fileURLWithPath: scratch.file()))
        try open(scratch.file(), to: 0o644)
        let store = scratch.store()
        await #expect { _ = try await store.open(identity: nil) } throws: { ($0 as? StoreFault)?.reason == .foreign }
        await store.close()
        #expect(try mode(scratch.file()) == 0o644)
        #expect(try Data(contentsOf: URL(fileURLWithPath: scratch.file())) == Data(text.utf8))
        #expect(!scratch.names.contains { $0.contains("corrupt") }, "\(scratch.names)")
        #expect(StoreProbe.fault(path: scratch.file(), opens: true)?.reason == .foreign)
    }

    @Test func `an empty file becomes a store, and of a folder it is said that it is one`() async throws {
        let scratch = Scratch()
        try Data().write(to: URL(fileURLWithPath: scratch.file()))
        let store = scratch.store()
        #expect(try await store.open(identity: nil).movedAside == nil)
        await store.close()
        try FileManager.default.createDirectory(atPath: scratch.file("folder.db"), withIntermediateDirectories: false)
        let folder = scratch.store("folder.db")
        await #expect { _ = try await folder.open(identity: nil) } throws: {
            ($0 as? StoreFault)?.words == "is a folder; name a file in it"
        }
        #expect(StoreProbe.fault(path: scratch.file("folder.db"))?.words == "is a folder; name a file in it")
    }

    @Test func `a store of ours that others may read is made private`() async throws {
        let scratch = Scratch()
        let store = scratch.store()
        _ = try await store.open(identity: nil)
        await store.close()
        try open(scratch.file(), to: 0o644)
        _ = try await store.open(identity: nil)
        #expect(try mode(scratch.file()) == 0o600)
        #expect(try mode(scratch.file() + "-wal") == 0o600)
        await store.close()
    }

    private func link(_ path: String, to destination: String) throws {
        try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: destination)
    }

    @Test(arguments: [true, false])
    func `a link to a file of ours is followed: somebody keeps it on another disk`(isEmpty: Bool) async throws {
        let scratch = Scratch()
        let elsewhere = scratch.file("elsewhere.db")
        if isEmpty {
            try Data().write(to: URL(fileURLWithPath: elsewhere))
        } else {
            let first = scratch.store("elsewhere.db")
            _ = try await first.open(identity: nil)
            await first.close()
        }
        try link(scratch.file(), to: elsewhere)
        #expect(StoreProbe.fault(path: scratch.file(), opens: true) == nil)
        let store = scratch.store()
        #expect(try await store.open(identity: nil).movedAside == nil)
        await store.close()
        #expect(try FileManager.default.destinationOfSymbolicLink(atPath: scratch.file()) == elsewhere)
        #expect(try mode(elsewhere) == 0o600)
    }

    @Test func `a link to nothing makes no file where it leads, and is told as what it is`() async throws {
        let scratch = Scratch()
        try link(scratch.file(), to: scratch.file("elsewhere.db"))
        #expect(StoreProbe.fault(path: scratch.file())?.words.contains("is a link to nothing") == true)
        let store = scratch.store()
        await #expect { _ = try await store.open(identity: nil) } throws: {
            ($0 as? StoreFault)?.reason == .foreign && ($0 as? StoreFault)?.words.contains("is a link to nothing") == true
        }
        await store.close()
        #expect(!scratch.names.contains("elsewhere.db"), "\(scratch.names)")
        // Once somebody has made the file, the next try takes it.
        try Data().write(to: URL(fileURLWithPath: scratch.file("elsewhere.db")))
        _ = try await store.open(identity: nil)
        await store.close()
    }

    @Test(arguments: [true, false])
    func `a link in the place of the lock makes nothing where it leads, and holds nothing there`(isThere: Bool) async throws {
        let scratch = Scratch()
        let elsewhere = scratch.file("elsewhere")
        if isThere { try Data().write(to: URL(fileURLWithPath: elsewhere)) }
        try link(scratch.file() + ".lock", to: elsewhere)
        #expect(StoreProbe.fault(path: scratch.file())?.words.contains("the lock beside it (.lock) is a link") == true)
        let store = scratch.store()
        await #expect { _ = try await store.open(identity: nil) } throws: { ($0 as? StoreFault)?.reason == .foreign }
        #expect(scratch.names.contains("elsewhere") == isThere, "\(scratch.names)")
        await store.close()
    }
}
