import BursarModel

extension StoreReason {
    /// What is wrong, and what to do about it. What failed exactly, and which file, is in the gateway's log alone: who may ask for a
    /// status need not know its disk.
    var words: String {
        switch self {
        case .inUse: "another gateway serves with its file, so end one of them, or give each a file of its own"
        case .locked: "another program holds a lock in its file, so end that one"
        case .readOnly: "it can be read only, so make its file and folder writable"
        case .full: "no space is left, so make some"
        case .corrupt: "its file is corrupt and cannot be moved aside, so take it and the .corrupt- files beside it away"
        case .gone: "its file was removed or replaced, and no new one could be begun yet"
        case .notPermitted: "the gateway's user may not write its file or folder, so change their owner or mode"
        case .noFolder: "its folder is missing and cannot be made, so make it, or name another file"
        case .newer: "a newer version wrote its file, so run that one, or name another file"
        case .foreign: "what stands in its place is no store of Bursar's, so move that away, or name another file"
        case .noLocks: "its file system gives no locks, so put the file on a disk of that machine"
        case .silent: "its file system gives no answer, so look at the mount"
        case .failed: "the database reports an error, whose number is in the log"
        }
    }
}
