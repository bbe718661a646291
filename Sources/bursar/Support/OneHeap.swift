import CProcess

/// One heap for all threads instead of one for each. A thread's own heap grows by single pages, each with a call of `mprotect`,
/// which was a third of the processor time of a crowd of cold callers; and each has room that no other thread can use. What
/// the threads would gain by it is small here: a hit allocates next to nothing, and small blocks come from a cache of each thread.
enum OneHeap {
    /// To be called before there is a second thread.
    static func choose() { bursar_use_one_heap() }
}
