import BursarEngine
import Foundation
import GRDB
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
        let queue = try DatabaseQueue(path: foreign)
        try await queue.write { db in try db.execute(sql: "CREATE TABLE theirs (x)") }
        try queue.close()
        try open(foreign, to: 0o644)
        let before = try Data(contentsOf: URL(fileURLWithPath: foreign))
        try FileManager.default.createSymbolicLink(atPath: scratch.file(), withDestinationPath: foreign)
        let store = scratch.store()
        await #expect { _ = try await store.open(identity: nil) } throws: { ($0 as? StoreFault)?.reason == .foreign }
        #expect(try mode(foreign) == 0o644)
        #expect(try Data(contentsOf: URL(fileURLWithPath: foreign)) == before)
    }

    @Test func `what is no database is moved aside by its name, and stays as it is (B11)`() async throws {
        let scratch = Scratch()
        let foreign = scratch.file("notes.txt")
        try Data("notes of somebody else, long enough to be looked at as a page of a database".utf8).write(
            to: URL(fileURLWithPath: foreign))
        try open(foreign, to: 0o644)
        try FileManager.default.createSymbolicLink(atPath: scratch.file(), withDestinationPath: foreign)
        let store = scratch.store()
        _ = try await store.open(identity: nil)
        await store.close()
        #expect(try mode(foreign) == 0o644)
        #expect(try String(contentsOfFile: foreign, encoding: .utf8).hasPrefix("notes of somebody else"))
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
}
