// Two ways to share ready answers between event loops, measured against each other (docs/decisions/0005):
//
//     swiftc -O -swift-version 6 scripts/bench.d/tables.swift -o /tmp/tables && /tmp/tables
//
// Each thread looks the same path up, again and again, as an event loop does under load, in a table of its own (reached through
// a thread-specific variable, its entries checked by one atomic flag), or in one immutable table behind an atomic reference.

import Glibc
import Synchronization

final class Entry: Sendable {
    let body = 1
    let isCurrent = Atomic<Bool>(true)
}

final class Table: @unchecked Sendable {
    var entries: [String: Entry]
    init(_ entries: [String: Entry]) { self.entries = entries }
}

enum Given {
    static let paths = (0..<12).map { "/v1/balances/provider-\($0)" }
    static let entries = Dictionary(uniqueKeysWithValues: paths.map { ($0, Entry()) })
    static let rounds = 5_000_000
    static let key: pthread_key_t = {
        var key = pthread_key_t()
        pthread_key_create(&key, nil)
        return key
    }()
    /// A real one would have to keep an old table alive until nobody reads it any more, which is not counted here.
    static let current = Atomic<UInt>(UInt(bitPattern: Unmanaged.passRetained(Table(entries)).toOpaque()))
}

/// A table for each thread.
func ownTable() -> Int {
    let (asked, key, rounds) = (Given.paths[5], Given.key, Given.rounds)
    var sum = 0
    for _ in 0..<rounds {
        let table: Table
        if let known = pthread_getspecific(key) {
            table = Unmanaged<Table>.fromOpaque(known).takeUnretainedValue()
        } else {
            table = Table(Given.entries)
            pthread_setspecific(key, Unmanaged.passRetained(table).toOpaque())
        }
        if let entry = table.entries[asked], entry.isCurrent.load(ordering: .acquiring) { sum &+= entry.body }
    }
    return sum
}

/// One table for all.
func oneTable() -> Int {
    let (asked, rounds) = (Given.paths[5], Given.rounds)
    var sum = 0
    for _ in 0..<rounds {
        let address = UnsafeRawPointer(bitPattern: Given.current.load(ordering: .acquiring))!  // set above, and never to null
        let table = Unmanaged<Table>.fromOpaque(address).takeUnretainedValue()
        if let entry = table.entries[asked] { sum &+= entry.body }
    }
    return sum
}

/// Processor time of this thread: other programs of the machine do not count.
func threadSeconds() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
}

/// One thread's work and what it took.
final class Work: Sendable {
    let body: @Sendable () -> Int
    let seconds = Mutex(0.0)
    init(_ body: @escaping @Sendable () -> Int) { self.body = body }

    func run() {
        let began = threadSeconds()
        precondition(body() == Given.rounds)
        let taken = threadSeconds() - began
        seconds.withLock { $0 = taken }
    }
}

/// The fastest of nine runs; of its threads the slowest.
func measure(_ name: String, threads: Int, _ body: @escaping @Sendable () -> Int) {
    var best = Double.infinity
    for _ in 0..<9 {
        let works = (0..<threads).map { _ in Work(body) }
        let running = works.map { work in
            var thread = pthread_t()
            pthread_create(
                &thread, nil,
                { pointer in
                    Unmanaged<Work>.fromOpaque(pointer!).takeRetainedValue().run()  // what stands in the next line
                    return nil
                }, Unmanaged.passRetained(work).toOpaque())
            return thread
        }
        for thread in running { pthread_join(thread, nil) }
        best = min(best, works.map { $0.seconds.withLock { $0 } }.max()! / Double(Given.rounds) * 1e9)  // threads > 0
    }
    print("\(name), \(threads) thread\(threads == 1 ? "" : "s"): \((best * 10).rounded() / 10) ns a look-up")
}

for threads in [1, 2] {
    measure("a table for each thread", threads: threads) { ownTable() }
    measure("one table behind an atomic reference", threads: threads) { oneTable() }
}
