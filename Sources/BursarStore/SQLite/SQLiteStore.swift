package import BursarEngine
package import BursarModel
import BursarSQLite

/// The embedded store: one SQLite file, written through a log (WAL). *Actor* on a queue of its own, never on a request's path.
///
/// One connection, on which everything takes turns: writes, the start, and whoever reads history or counters. `synchronous` is `NORMAL`: a commit is in the kernel's hands when
/// it returns, which outlives any death of this process; only a loss of power can take commits back, at most those since the last
/// checkpoint, and never leaves half of one (docs/decisions/0010).
package actor SQLiteStore: SnapshotStore {
    /// An open file. *Value*, inside the store.
    private struct Open {
        let database: Database
        let lock: StoreLock
        let file: FileIdentity
        let lockFile: FileIdentity
        var history: HistoryTable
    }

    private let executor = StoreExecutor(label: "bursar.store")
    package nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    private let files: StoreFiles
    private let bounds: HistoryBounds
    private let wallTime: @Sendable () -> WallTime
    private var opened: Open?
    /// A statement met damage that the check at the start does not look for: the next opening moves the file aside.
    private var isDamaged = false
    private var lastCheckpoint = ContinuousClock.now
    private var isAheadOfFile = false

    /// A loss of power takes back at most what was written in this time, and one more write.
    private static let checkpointInterval: Duration = .seconds(60)
    /// How long a statement waits for a lock that someone else holds inside the file, in milliseconds: well below the second that is
    /// promised, and longer than a look with `sqlite3` holds one.
    private static let patience: Int32 = 250
    /// A file up to this size is checked whole at the start (about 0.1 s from a disk's cache); of a larger one, which is nearly all
    /// history, only the two tables without which nothing starts. Damage in claims or alerts is met when they are loaded.
    private static let wholeCheck: Int64 = 64 << 20

    /// Nothing is opened before ``open(identity:)``.
    /// - Parameter wallTime: names what is moved aside.
    package init(
        path: String, bounds: HistoryBounds = HistoryBounds(), wallTime: @escaping @Sendable () -> WallTime
    ) {
        files = StoreFiles(path: path)
        self.bounds = bounds
        self.wallTime = wallTime
    }

    package func open(identity: Secret?) async throws(StoreFault) -> StoreContents {
        close()
        do throws(StoreFault) {
            do throws(StoreFault) {
                if isDamaged { throw StoreFault(.corrupt) }
                return try openOnce(identity)
            } catch {
                close()
                guard error.reason == .corrupt else { throw error }
                // Damage elsewhere in the file is no reason to spend what somebody claimed, nor to tell anything twice.
                let kept = readOnly(error)
                return try begunAnew(identity, claims: kept?.claims ?? [], alerts: kept?.alerts ?? AlertRecords())
            }
        } catch {
            close()
            switch error.reason {
            case .inUse, .locked, .readOnly, .notPermitted, .full:
                // What can be read is still worth having: readings to show, and cooldowns to keep. And without the store's own
                // identity this process would take one that makes it give up all of those once it can be written again. Who holds
                // a lock to write keeps no reader out.
                guard let contents = readOnly(error) else { throw error }
                return contents
            case .corrupt, .gone, .noFolder, .newer, .foreign, .noLocks, .silent, .failed: throw error
            }
        }
    }

    package func write(_ batch: StoreBatch) async throws(StoreFault) {
        try stillThere()
        guard var opened else { throw StoreFault(.gone) }
        do throws(StoreFault) {
            try guarded { try opened.database.write { try Self.write(batch, opened.database, &opened.history) } }
        } catch {
            if error.reason == .corrupt { isDamaged = true }
            throw error
        }
        // Only now: what a transaction that was taken back learned of ids is wrong.
        self.opened = opened
        isAheadOfFile = true
        checkpointIfDue()
    }

    package func probe() async throws(StoreFault) {
        try stillThere()
        checkpointIfDue()
    }

    package func history(of account: AccountID, in range: HistoryRange) async throws(StoreFault) -> [HistoryEntry] {
        guard let opened else { throw StoreFault(.gone) }
        return try guarded { try opened.history.entries(of: account, range, opened.database) }
    }

    package func counters() async throws(StoreFault) -> [StoredCounters] {
        guard let opened else { throw StoreFault(.gone) }
        return try guarded { try CounterTable.all(opened.database) }
    }

    /// Moves the log into the file, so that one file is all there is, and lets another process have it.
    package func close() {
        opened?.database.close()
        opened = nil
    }

    /// Brings the log into the file, and both onto the disk. Where it cannot, the next commit will say so, or the next time.
    private func checkpointIfDue() {
        guard isAheadOfFile, lastCheckpoint.duration(to: .now) >= Self.checkpointInterval else { return }
        lastCheckpoint = .now
        isAheadOfFile = false
        try? opened?.database.run("PRAGMA wal_checkpoint(PASSIVE)")
    }

    /// SQLite itself goes on writing into a file that has no name any more.
    private func stillThere() throws(StoreFault) {
        guard let opened else { throw StoreFault(.gone) }
        guard files.identity() == opened.file, FileIdentity(files.lockPath) == opened.lockFile else { throw StoreFault(.gone) }
    }
}

// MARK: - Opening

extension SQLiteStore {
    /// Takes the lock first, because another process may serve with this file by now; moves it aside, and begins a new one.
    private func begunAnew(_ identity: Secret?, claims: [Claim], alerts: AlertRecords) throws(StoreFault) -> StoreContents {
        let lock = try StoreLock(files.lockPath)
        let name = try files.moveAside(wallTime())
        isDamaged = false
        do throws(StoreFault) {
            let new = try openOnce(identity, lock, movedAside: name)
            guard !claims.isEmpty || !alerts.isEmpty, let opened else { return new }
            try guarded {
                try opened.database.write {
                    try ClaimTable.write(claims, now: wallTime(), opened.database)
                    try AlertTables.write(AlertChanges(alerts), opened.database)
                }
            }
            return StoreContents(
                identity: new.identity, credentials: new.credentials, claims: claims, alerts: alerts, movedAside: name)
        } catch {
            // A new file that does not work either is no file that was damaged.
            throw error.reason == .corrupt ? StoreFault(.failed, code: error.code) : error
        }
    }

    private func openOnce(
        _ identity: Secret?, _ held: StoreLock? = nil, movedAside: String? = nil
    ) throws(StoreFault) -> StoreContents {
        try files.makeFolder()
        let lock = if let held { held } else { try StoreLock(files.lockPath) }
        files.removeOrphans()
        let header = try files.makeFile()
        return try guarded {
            let db = try Self.connect(files.path, isReadOnly: false)
            guard let file = files.identity(), let lockFile = FileIdentity(files.lockPath) else { throw StoreFault(.gone) }
            opened = Open(database: db, lock: lock, file: file, lockFile: lockFile, history: HistoryTable(bounds: bounds))
            if try DatabaseSchema.isForeign(db) { throw StoreFault(.foreign) }
            if try DatabaseSchema.isNewer(db) { throw StoreFault(.newer) }
            if header.refusesWrites { throw StoreFault(.corrupt) }
            files.makePrivate()
            try db.run("PRAGMA journal_mode = WAL")
            try db.run("PRAGMA synchronous = NORMAL")
            // After a burst the log is cut back to this.
            try db.run("PRAGMA journal_size_limit = 16777216")
            try Self.check(db)
            try DatabaseSchema.migrate(db)
            return try db.write {
                let kept = try Self.identity(db, wanted: identity)
                let (credentials, unreadable) = try CredentialRow.load(db)
                let claims = try ClaimTable.load(db)
                let alerts = try AlertTables.load(db)
                return StoreContents(
                    identity: kept, credentials: credentials, claims: claims.claims, alerts: alerts.records,
                    unreadable: unreadable + claims.unreadable + alerts.unreadable, movedAside: movedAside)
            }
        }
    }

    private func readOnly(_ fault: StoreFault) -> StoreContents? {
        try? guarded {
            let db = try Self.connect(files.path, isReadOnly: true)
            return try db.read {
                guard let identity = try Self.identity(db) else { throw StoreFault(.corrupt) }
                let (credentials, unreadable) = (try? CredentialRow.load(db)) ?? ([], 1)
                let claims = Self.part("claim", none: (claims: [], unreadable: 0), db) { try ClaimTable.load(db) }
                let alerts = Self.part("alert_state", none: (records: AlertRecords(), unreadable: 0), db) {
                    try AlertTables.load(db)
                }
                return StoreContents(
                    identity: identity, credentials: credentials, claims: claims?.claims, alerts: alerts?.records,
                    unreadable: unreadable + (claims?.unreadable ?? 1) + (alerts?.unreadable ?? 1), readOnly: fault)
            }
        }
    }

    /// Damage in one part takes no other one along. Nil where it cannot be read; `none` where an earlier version wrote the file, which
    /// had no such table.
    private static func part<Part>(_ table: String, none: Part, _ db: Database, _ load: () throws -> Part) -> Part? {
        do { return try db.hasTable(table) ? load() : none } catch { return nil }
    }

    package func holdsNothing() async -> Bool { files.holdNothing }

    private static func connect(_ path: String, isReadOnly: Bool) throws -> Database {
        let db = try Database(path: path, isReadOnly: isReadOnly, busyTimeout: patience)
        // The file may come from anywhere: nothing in its schema may run functions, and damaged pages are noticed when met.
        try db.run("PRAGMA trusted_schema = OFF")
        try db.run("PRAGMA cell_size_check = ON")
        return db
    }

    private static func check(_ db: Database) throws {
        let size = try integer("SELECT page_count * page_size FROM pragma_page_count, pragma_page_size", db)
        var checks = ["PRAGMA quick_check(1)"]
        if size > wholeCheck { checks = ["PRAGMA quick_check(bursar)", "PRAGMA quick_check(credential)"] }
        for check in checks {
            guard try db.first(check) == [.text("ok")] else { throw StoreFault(.corrupt) }
        }
    }

    private static func integer(_ sql: String, _ db: Database) throws -> Int64 {
        guard case .integer(let value)? = try db.first(sql)?.first else { throw StoreFault(.corrupt) }
        return value
    }

    private func guarded<Result>(_ body: () throws -> Result) throws(StoreFault) -> Result {
        do { return try body() } catch { throw StoreFault(error) }
    }
}

// MARK: - Inside a transaction

extension SQLiteStore {
    private static func write(_ batch: StoreBatch, _ db: Database, _ history: inout HistoryTable) throws {
        for credential in batch.saved { try db.run(CredentialRow.replace, CredentialRow.write(credential)) }
        for key in batch.removed { try db.run("DELETE FROM credential WHERE digest = ?", [key.bytes]) }
        for (account, time) in batch.confirmed { try history.confirm(account, at: time, db) }
        for entry in batch.history { try history.append(entry, db) }
        try ClaimTable.write(batch.claims, now: batch.now, db)
        try AlertTables.write(batch.alerts, db)
        if let accounts = batch.accounts { try history.name(accounts, now: batch.now, db) }
    }

    /// The key of the digests, made where there is none. A store with another one than `wanted` gives its credentials up: their
    /// digests say nothing to this process, nor, once the key is replaced, to any other.
    private static func identity(_ db: Database, wanted: Secret?) throws -> Secret {
        if let kept = try identity(db), wanted.map(kept.constantTimeEquals) ?? true { return kept }
        let new = wanted ?? Secret.random(bytes: 32)
        try db.run("DELETE FROM credential")
        try new.withExposedBytes { bytes in
            try db.run("INSERT OR REPLACE INTO bursar (name, value) VALUES ('identity', ?)", [Array(bytes)])
        }
        return new
    }

    private static func identity(_ db: Database) throws -> Secret? {
        guard let row = try db.first("SELECT value FROM bursar WHERE name = 'identity'") else { return nil }
        var reading = RowReading(row)
        guard let bytes = try? reading.bytes(), bytes.count == 32 else { return nil }
        return Secret(bytes)
    }
}
