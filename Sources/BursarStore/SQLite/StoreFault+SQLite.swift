import BursarEngine
import BursarModel
import BursarSQLite
import CSQLite

extension StoreFault {
    /// What an error of the database means here. Its message stays behind: it may name a path or a statement.
    init(_ error: any Error) {
        if let fault = error as? StoreFault {
            self = fault
            return
        }
        guard let error = error as? SQLiteError else {
            self.init(error is UnreadableRow ? .corrupt : .failed)
            return
        }
        let code = Int(error.code)
        let told = Code.database(code)
        switch error.primary {
        case SQLITE_BUSY, SQLITE_LOCKED, SQLITE_PROTOCOL: self.init(.locked, code: told)
        case SQLITE_READONLY: self.init(code == Self.movedDatabase ? .gone : .readOnly, code: told)
        case SQLITE_IOERR: self.init(Self.lockErrors.contains(code) ? .noLocks : .failed, code: told)
        case SQLITE_FULL: self.init(.full, code: told)
        case SQLITE_CORRUPT, SQLITE_NOTADB, SQLITE_FORMAT: self.init(.corrupt, code: told)
        case SQLITE_PERM, SQLITE_AUTH: self.init(.notPermitted, code: told)
        // Every statement is fixed and tested: one that does not fit means that the tables are not what was made.
        case SQLITE_ERROR, SQLITE_SCHEMA, SQLITE_MISMATCH, SQLITE_CONSTRAINT: self.init(.corrupt, code: told)
        default: self.init(.failed, code: told)
        }
    }

    /// SQLITE_READONLY_DBMOVED.
    private static let movedDatabase = 1_032
    /// SQLITE_IOERR_UNLOCK, _RDLOCK, _CHECKRESERVEDLOCK and _LOCK: the file system answered a lock with something else than "held".
    private static let lockErrors: Set<Int> = [2_058, 2_314, 3_594, 3_850]
}
