import BursarEngine
import BursarModel
import BursarSQLite
import CSQLite
import Foundation
import Testing

@testable import BursarStore

/// What a disk does to a store, and that each is told by its name and traps nowhere.
@Suite struct `Faults of the file` {
    private func reason(_ body: () async throws -> Void) async -> StoreReason? {
        do {
            try await body()
            return nil
        } catch let fault as StoreFault {
            return fault.reason
        } catch {
            return .failed
        }
    }

    private func batch(_ numbers: Range<Int>, body: Int = 100) -> StoreBatch {
        StoreBatch(
            saved: numbers.map {
                Samples.stored(
                    $0,
                    CredentialSnapshot(
                        takenAt: Samples.now, reading: Samples.reading(body: [UInt8](repeating: 0x61, count: body)),
                        fetchedAt: Samples.now, problem: nil, problemAt: nil, hold: nil, cooldown: Cooldown(), backoff: Backoff(),
                        breaker: .closed(failures: 0), calls: []))
            }, now: Samples.now)
    }

    @Test func `files are made for this user alone, whatever the umask`() async throws {
        let scratch = Scratch()
        let old = umask(0)
        defer { umask(old) }
        let store = SQLiteStore(path: scratch.file("a/b/bursar.db")) { Samples.now }
        _ = try await store.open(identity: nil)
        try await store.write(batch(0..<3))
        func mode(_ path: String) throws -> Int? {
            try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
        }
        for name in ["bursar.db", "bursar.db-wal", "bursar.db-shm", "bursar.db.lock"] {
            #expect(try mode(scratch.file("a/b/" + name)) == 0o600, "\(name)")
        }
        #expect(try mode(scratch.file("a/b")) == 0o700 && mode(scratch.file("a")) == 0o700)
        await store.close()
        // A wider mode that it was given since is taken back.
        try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: scratch.file("a/b/bursar.db"))
        _ = try await store.open(identity: nil)
        #expect(try mode(scratch.file("a/b/bursar.db")) == 0o600)
    }

    @Test func `a second process finds the store in use, sees what is kept, and takes over when the first has ended`()
        async throws
    {
        let scratch = Scratch()
        let (first, second) = (scratch.store(), scratch.store())
        let identity = try await first.open(identity: nil).identity
        try await first.write(batch(0..<2))
        let seen = try await second.open(identity: nil)
        #expect(seen.readOnly?.reason == .inUse && seen.credentials.count == 2)
        #expect(seen.identity.constantTimeEquals(identity))
        #expect(await reason { try await second.write(batch(2..<3)) } == .gone)
        await first.close()
        let taken = try await second.open(identity: seen.identity)
        #expect(taken.readOnly == nil && taken.credentials.count == 2)
        try await second.write(batch(2..<3))
        #expect(try await first.open(identity: nil).readOnly?.reason == .inUse)
    }

    @Test func `a lock inside the file is waited for, and then told`() async throws {
        let scratch = Scratch()
        let store = scratch.store()
        _ = try await store.open(identity: nil)
        let other = try Database(path: scratch.file())
        try other.run("BEGIN IMMEDIATE")
        // The shortest of three: a machine that is held off lengthens one.
        var shortest: Duration = .seconds(60)
        for _ in 0..<3 {
            let begun = ContinuousClock.now
            #expect(await reason { try await store.write(batch(0..<1)) } == .locked)
            shortest = min(shortest, begun.duration(to: .now))
        }
        #expect(shortest < .seconds(1), "well below the second that is promised")
        try other.run("COMMIT")
        try await store.write(batch(0..<1))
        #expect(try await store.open(identity: nil).credentials.count == 1)
    }

    @Test func `a lock that somebody holds at the start costs neither the identity nor what is kept`() async throws {
        let scratch = Scratch()
        let store = scratch.store()
        let identity = try await store.open(identity: nil).identity
        try await store.write(batch(0..<2))
        await store.close()
        let other = try Database(path: scratch.file())
        try other.run("BEGIN IMMEDIATE")
        let seen = try? await store.open(identity: nil)
        try other.run("COMMIT")
        #expect(seen?.readOnly?.reason == .locked && seen?.credentials.count == 2)
        #expect(seen?.identity.constantTimeEquals(identity) == true)
        let later = try await store.open(identity: seen?.identity)
        #expect(later.readOnly == nil && later.credentials.count == 2)
    }

    @Test func `a file that is removed or replaced while it is open is noticed, and begun anew`() async throws {
        let scratch = Scratch()
        let store = scratch.store()
        let identity = try await store.open(identity: nil).identity
        try await store.write(batch(0..<2))
        for name in scratch.names { try FileManager.default.removeItem(atPath: scratch.file(name)) }
        #expect(await reason { try await store.probe() } == .gone)
        #expect(await reason { try await store.write(batch(2..<3)) } == .gone)
        let contents = try await store.open(identity: identity)
        #expect(contents.credentials.isEmpty && contents.identity.constantTimeEquals(identity))
        try await store.write(batch(0..<1))
        try FileManager.default.moveItem(atPath: scratch.file(), toPath: scratch.file("elsewhere.db"))
        try Data().write(to: URL(fileURLWithPath: scratch.file()))
        #expect(await reason { try await store.write(batch(2..<3)) } == .gone)
        // The whole folder.
        _ = try await store.open(identity: identity)
        try FileManager.default.removeItem(atPath: scratch.path)
        #expect(await reason { try await store.probe() } == .gone)
        _ = try await store.open(identity: identity)
        try await store.write(batch(0..<1))
    }

    @Test func `another program's file, a newer one's, and what is no file are left alone`() async throws {
        let scratch = Scratch()
        let foreign = try Database(path: scratch.file("foreign.db"))
        try foreign.run(script: "CREATE TABLE theirs (x)")
        foreign.close()
        let before = try Data(contentsOf: URL(fileURLWithPath: scratch.file("foreign.db")))
        #expect(await reason { _ = try await scratch.store("foreign.db").open(identity: nil) } == .foreign)
        #expect(try Data(contentsOf: URL(fileURLWithPath: scratch.file("foreign.db"))) == before)

        let store = scratch.store("newer.db")
        _ = try await store.open(identity: nil)
        await store.close()
        let newer = try Database(path: scratch.file("newer.db"))
        try newer.run(script: "INSERT INTO grdb_migrations VALUES ('999')")
        newer.close()
        #expect(await reason { _ = try await store.open(identity: nil) } == .newer)

        try FileManager.default.createDirectory(atPath: scratch.file("folder.db"), withIntermediateDirectories: false)
        #expect(await reason { _ = try await scratch.store("folder.db").open(identity: nil) } == .foreign)
        try Data().write(to: URL(fileURLWithPath: scratch.file("file")))
        #expect(await reason { _ = try await scratch.store("file/bursar.db").open(identity: nil) } == .noFolder)
    }

    @Test(.enabled(if: Mount.isAllowed, "mounting needs root"))
    func `a full disk is told, keeps what was promised, and takes more once there is space`() async throws {
        let disk = try Mount(size: 1 << 20)
        let store = SQLiteStore(path: disk.path + "/bursar.db") { Samples.now }
        let identity = try await store.open(identity: nil).identity
        try await store.write(batch(0..<20))
        var kept = 20
        var failure: StoreReason?
        while failure == nil, kept < 10_000 {
            failure = await reason { try await store.write(batch(kept..<kept + 20, body: 2_000)) }
            if failure == nil { kept += 20 }
        }
        #expect(failure == .full)
        // The next process, on the same full disk.
        await store.close()
        let contents = try await store.open(identity: nil)
        #expect(contents.identity.constantTimeEquals(identity))
        #expect(contents.credentials.count == kept && contents.unreadable == 0)
        print("full disk of 1 MB: \(kept) rows kept, the write that did not fit is \(failure?.rawValue ?? "none")")

        // A disk that is full from the start.
        let full = try Mount(size: 64 << 10)
        let filler = [UInt8](repeating: 1, count: 128 << 10)
        _ = FileManager.default.createFile(atPath: full.path + "/filler", contents: nil)
        if let handle = FileHandle(forWritingAtPath: full.path + "/filler") { try? handle.write(contentsOf: filler) }
        let second = SQLiteStore(path: full.path + "/bursar.db") { Samples.now }
        #expect(await reason { _ = try await second.open(identity: nil) } == .full)
        try FileManager.default.removeItem(atPath: full.path + "/filler")
    }

    @Test(.enabled(if: Mount.isAllowed, "mounting needs root"))
    func `a read-only folder is told, and what is in it is restored where SQLite can read it`() async throws {
        let scratch = Scratch()
        let store = scratch.store()
        let identity = try await store.open(identity: nil).identity
        try await store.write(batch(0..<2))
        let look = try Mount(readOnly: scratch.path)
        // As after a kill: log and index are there.
        let other = SQLiteStore(path: look.path + "/bursar.db") { Samples.now }
        let contents = try await other.open(identity: nil)
        #expect(contents.readOnly?.reason == .readOnly && contents.credentials.count == 2)
        #expect(contents.identity.constantTimeEquals(identity))
        #expect(StoreProbe.fault(path: look.path + "/bursar.db")?.reason == .readOnly)
        #expect(StoreProbe.fault(path: look.path + "/new/folder/bursar.db")?.reason == .readOnly)
        let none = SQLiteStore(path: look.path + "/none/bursar.db") { Samples.now }
        #expect(await reason { _ = try await none.open(identity: nil) } == .readOnly)
        await store.close()
    }

    // What a network share without a lock service answers was called "locked by another process".
    @Test func `D: a file system without locks is told as that, by the system's number and by SQLite's`() {
        for number in [ENOLCK, ENOTSUP] { #expect(StoreFault(systemError: number).reason == .noLocks) }
        // SQLITE_IOERR_LOCK, _RDLOCK, _CHECKRESERVEDLOCK and _UNLOCK.
        for code in [15, 9, 14, 8].map({ SQLITE_IOERR | $0 << 8 }) {
            let fault = StoreFault(SQLiteError(code: code))
            #expect(fault.reason == .noLocks && fault.code == .database(Int(code)))
        }
        #expect(StoreFault(SQLiteError(code: SQLITE_IOERR | 1 << 8)).reason == .failed)
        #expect(StoreFault(SQLiteError(code: SQLITE_BUSY)).reason == .locked)
    }

    @Test func `a look whether a store could be used makes nothing`() async throws {
        let scratch = Scratch()
        #expect(StoreProbe.fault(path: scratch.file("a/b/c/bursar.db")) == nil)
        #expect(scratch.names.isEmpty)
        try Data("x".utf8).write(to: URL(fileURLWithPath: scratch.file("file")))
        #expect(StoreProbe.fault(path: scratch.file("file/bursar.db")) != nil)
        #expect(StoreProbe.fault(path: scratch.path)?.reason == .foreign)
        let store = scratch.store()
        _ = try await store.open(identity: nil)
        #expect(StoreProbe.fault(path: scratch.file()) == nil, "also beside the process that has it")
        try await store.write(batch(0..<1))
    }
}
