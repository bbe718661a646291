package import BursarBasics
package import BursarModel

/// Why a store cannot be used. *Value.* Safe to show anyone: no path and no content.
package struct StoreFault: Error, Sendable, Hashable {
    package let reason: StoreReason
    /// What went wrong, as it was told; nil where it was not.
    package let code: Code?

    package init(_ reason: StoreReason, code: Code? = nil) {
        self.reason = reason
        self.code = code
    }

    /// A number of one of two books. *Value.*
    package enum Code: Sendable, Hashable {
        case system(SystemError)
        /// SQLite's extended result code (sqlite.org/rescode.html).
        case database(Int)

        /// For the log.
        package var number: Int {
            switch self {
            case .system(let error): Int(error.number)
            case .database(let code): code
            }
        }

        fileprivate var words: String {
            switch self {
            case .system(let error): error.words
            case .database(let code): "SQLite says \(code)"
            }
        }
    }

    /// EISDIR: what stands at the path is a folder.
    private static let isFolder = Code.system(SystemError(number: 21))
    /// ELOOP: a link to nothing, or in the place of the lock beside it.
    private static let isLink = Code.system(SystemError(number: 40))

    /// Ends a sentence that begins with the store.
    package var words: String {
        switch reason {
        case .inUse: "is in use by another process"
        case .locked: "is locked by another process"
        case .readOnly: "can be read only"
        case .full: "cannot grow: no space is left"
        case .corrupt: "is corrupt"
        case .gone: "was removed or replaced"
        case .notPermitted:
            "may not be opened by this user, or its folder or a file beside it (.lock, -wal, -shm) may not be written"
        case .noFolder: "has no folder, and none can be made"
        case .newer: "was written by a newer version of this program"
        case .foreign:
            switch code {
            case Self.isFolder: "is a folder; name a file in it"
            case Self.isLink: "is a link to nothing, or the lock beside it (.lock) is a link: make the file, or remove the link"
            default: "belongs to another program"
            }
        case .noLocks: "lies in a file system that gives no locks, such as a network share; put it on a disk of this machine"
        case .silent: "gives no answer"
        case .failed: "cannot be used" + (code.map { ": \($0.words)" } ?? "")
        }
    }
}
