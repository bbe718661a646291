import BursarBasics
import BursarCatalog
import BursarClient
import BursarModel
import NIOCore
import TestSupport
import Testing

@testable import BursarStream

/// The log and the subscribers that read it, without a server: what a client makes of the events is what the gateway has.
struct StreamLogTests {
    /// A client, with what was written for it and not read yet.
    private struct Subscriber {
        var cursor: StreamCursor
        var model = StreamModel()

        init(lastEventID: String = "") { cursor = StreamCursor(lastEventID: StreamID(lastEventID), retry: 3_000) }

        /// - Returns: whether there was anything.
        @discardableResult
        mutating func read(_ log: StreamLog, farewell: StreamFarewell? = nil) throws -> StreamCursor.Step {
            var piece = ByteBuffer()
            let step = cursor.next(log, farewell: farewell, now: WallTime(milliseconds: 0), to: &piece)
            #expect((step == .wrote) == (piece.readableBytes > 0))
            try model.read(Array(piece.readableBytesView))
            return step
        }

        mutating func readAll(_ log: StreamLog) throws {
            while try read(log) == .wrote {}
        }

        mutating func comeBack() {
            model.cut()
            cursor = StreamCursor(lastEventID: StreamID(model.lastEventID), retry: 3_000)
        }
    }

    private static func id(_ number: Int) -> AccountID {
        guard let provider = ProviderID("p\(number % 7)"), let account = AccountName("a\(number)") else {
            preconditionFailure("both are names")
        }
        return AccountID(provider: provider, account: account)
    }

    private static func row(_ number: Int, _ value: Int, padding: Int = 0) -> StreamRow {
        let id = id(number), status = RowStatus.allCases[value % 3]
        return StreamRow(
            json: Array(
                "{\"provider\":\"\(id.provider)\",\"account\":\"\(id.account)\",\"status\":\"\(status.rawValue)\",\"available\":\"\(value)\",\"pad\":\"\(String(repeating: "x", count: padding))\"}"
                    .utf8), status: status)
    }

    private static func rows(_ log: StreamLog) -> [(name: String, json: JSONValue)] {
        log.slots.compactMap { slot in
            slot.row.flatMap { row in (try? JSONReader.read(row.json)).map { ("\(slot.id)", $0) } }
        }
    }

    private func expectSame(_ model: StreamModel, _ log: StreamLog, _ comment: Comment) {
        let rows = Self.rows(log)
        #expect(model.rows.map(\.name) == rows.map(\.name), comment)
        #expect(model.rows.map(\.json) == rows.map(\.json), comment)
    }

    // MARK: What is told

    @Test func `first all rows, then each change once, under the log's own numbers`() throws {
        var log = StreamLog(epoch: 0xA5, rows: [(Self.id(0), Self.row(0, 1)), (Self.id(1), Self.row(1, 1))])
        var subscriber = Subscriber()
        try subscriber.readAll(log)
        #expect(subscriber.model.retry == 3_000)
        #expect(subscriber.model.events.map(\.name) == ["snapshot"])
        #expect(subscriber.model.events.map(\.id) == ["a5-0"])

        let changes = [
            log.changed(Self.id(1), to: Self.row(1, 2)), log.changed(Self.id(1), to: Self.row(1, 2)),
            log.changed(Self.id(9), to: Self.row(9, 2))
        ]
        #expect(changes == [true, false, false], "the same row is no change, nor is one that the view does not show")
        try subscriber.readAll(log)
        #expect(subscriber.model.events.map(\.name) == ["snapshot", "row"])
        #expect(subscriber.model.lastEventID == "a5-1")
        expectSame(subscriber.model, log, "")
    }

    @Test func `a slow reader gets the newest row of each account and nothing else`() throws {
        var log = StreamLog(epoch: 1, rows: (0..<3).map { (Self.id($0), Self.row($0, 0)) })
        var subscriber = Subscriber()
        try subscriber.readAll(log)
        for value in 1...500 {
            log.changed(Self.id(0), to: Self.row(0, value))
            if value % 100 == 0 { log.changed(Self.id(2), to: Self.row(2, value)) }
        }
        try subscriber.readAll(log)
        #expect(subscriber.model.events.map(\.name) == ["snapshot", "row", "row"])
        #expect(subscriber.model.lastEventID == "1-505")
        expectSame(subscriber.model, log, "")
    }

    @Test func `who comes back with an id of the log misses nothing, and with any other gets a snapshot`() throws {
        var log = StreamLog(epoch: 7, rows: (0..<4).map { (Self.id($0), Self.row($0, 0)) })
        var subscriber = Subscriber()
        try subscriber.readAll(log)
        subscriber.comeBack()
        for value in 1...300 { log.changed(Self.id(value % 4), to: Self.row(value % 4, value)) }
        try subscriber.readAll(log)
        #expect(subscriber.model.count("snapshot") == 1)
        #expect(subscriber.model.count("row") == 4)
        expectSame(subscriber.model, log, "")

        for strange in ["", "7-301", "8-1", "6-0", "7", "7-1-1", "-", "7-", "+7-1", "07-1", "7-01", "7--1", "G-1", "7-1 "] {
            var other = Subscriber(lastEventID: strange)
            try other.readAll(log)
            #expect(other.model.count("snapshot") == 1, "\(strange)")
        }
        var known = Subscriber(lastEventID: "7-300")
        let step1 = try known.read(log)
        #expect(step1 == .wrote, "something comes at once")
        #expect(known.model.events.isEmpty && known.model.retry == 3_000)
    }

    @Test func `an account that a reload removes is gone; a new one, or another order, is a snapshot`() throws {
        var log = StreamLog(epoch: 1, rows: (0..<4).map { (Self.id($0), Self.row($0, 0)) })
        var subscriber = Subscriber()
        try subscriber.readAll(log)
        log.show([(Self.id(0), Self.row(0, 0)), (Self.id(2), Self.row(2, 1)), (Self.id(3), Self.row(3, 0))], epoch: 2)
        try subscriber.readAll(log)
        #expect(subscriber.model.events.map(\.name) == ["snapshot", "gone", "row"])
        expectSame(subscriber.model, log, "")
        for (epoch, order) in [(2, [0, 2, 3, 1]), (3, [3, 0, 2, 1]), (4, [3, 0, 2, 5])] as [(UInt64, [Int])] {
            log.show(order.map { (Self.id($0), Self.row($0, 1)) }, epoch: epoch)
            #expect(log.epoch == epoch)
            try subscriber.readAll(log)
            #expect(subscriber.model.count("snapshot") == Int(epoch))
            expectSame(subscriber.model, log, "")
        }
    }

    @Test func `of accounts that have gone so many are remembered and no more`() throws {
        let all = 0..<(StreamLog.mostGone + 2)
        var log = StreamLog(epoch: 1, rows: all.map { (Self.id($0), Self.row($0, 0)) })
        log.show(all.suffix(2).map { (Self.id($0), Self.row($0, 0)) }, epoch: 2)
        #expect(log.epoch == 1)
        log.show(all.suffix(1).map { (Self.id($0), Self.row($0, 0)) }, epoch: 2)
        #expect(log.epoch == 2 && log.slots.count == 1)
    }

    // MARK: Ends

    @Test func `a stream that ends says so, but never within a snapshot`() throws {
        let small = StreamLog(epoch: 1, rows: [(Self.id(0), Self.row(0, 0))])
        for farewell in [StreamFarewell.draining, .credential] {
            var fresh = Subscriber(), following = Subscriber()
            try following.readAll(small)
            for _ in 0..<2 { try fresh.read(small, farewell: farewell) }
            for _ in 0..<2 { try following.read(small, farewell: farewell) }
            #expect(fresh.model.bye == farewell.rawValue && following.model.bye == farewell.rawValue)
            let step2 = try following.read(small, farewell: farewell)
            #expect(step2 == .end)
        }
        let large = StreamLog(epoch: 1, rows: (0..<200).map { (Self.id($0), Self.row($0, 0, padding: 500)) })
        var draining = Subscriber(), revoked = Subscriber()
        let step3 = try draining.read(large)
        #expect(step3 == .wrote)
        #expect(draining.model.events.isEmpty, "one piece is not all of it")
        while try draining.read(large, farewell: .draining) == .wrote {}
        #expect(draining.model.events.map(\.name) == ["snapshot", "bye"])
        let step4 = try revoked.read(large)
        #expect(step4 == .wrote)
        let step5 = try revoked.read(large, farewell: .credential)
        #expect(step5 == .end, "not one row more")
        #expect(revoked.model.events.isEmpty)
    }

    @Test func `a snapshot whose log has ended is not finished`() throws {
        var log = StreamLog(epoch: 1, rows: (0..<200).map { (Self.id($0), Self.row($0, 0, padding: 500)) })
        var subscriber = Subscriber()
        try subscriber.read(log)
        log.show((0..<200).reversed().map { (Self.id($0), Self.row($0, 0, padding: 500)) }, epoch: 2)
        let step6 = try subscriber.read(log)
        #expect(step6 == .end)
        subscriber.comeBack()
        try subscriber.readAll(log)
        expectSame(subscriber.model, log, "")
    }

    // MARK: Schedules

    @Test(arguments: 0..<50)
    func `whatever happens in whatever order, each client ends with exactly the gateway's rows`(seed: Int) throws {
        var random = SplitMix64(seed: UInt64(seed))
        var next = 0, value = 0
        func made(_ count: Int) -> [Int] {
            defer { next += count }
            return Array(next..<(next + count))
        }
        let padding = Bool.random(using: &random) ? 0 : 700
        var present = made(Int.random(in: 0...60, using: &random))
        var log = StreamLog(epoch: 1, rows: present.map { (Self.id($0), Self.row($0, 0, padding: padding)) })
        var subscribers = (0..<6).map { _ in Subscriber() }
        var epoch: UInt64 = 1
        for _ in 0..<400 {
            switch Int.random(in: 0..<20, using: &random) {
            case 0:
                // A reload: some go, some come, at times anywhere.
                present.removeAll { _ in Int.random(in: 0..<12, using: &random) == 0 }
                let new = made(Int.random(in: 0...3, using: &random))
                if Int.random(in: 0..<4, using: &random) == 0 { present.insert(contentsOf: new, at: 0) } else { present += new }
                epoch += 1
                log.show(present.map { (Self.id($0), Self.row($0, value, padding: padding)) }, epoch: epoch)
            case 1..<9:
                value += 1
                if let one = present.randomElement(using: &random) {
                    log.changed(Self.id(one), to: Self.row(one, value, padding: padding))
                }
            case 9:
                // Cut, perhaps in the middle of an event; it comes back with what it saw last.
                subscribers[Int.random(in: 0..<6, using: &random)].comeBack()
            default:
                let index = Int.random(in: 0..<6, using: &random)
                if try subscribers[index].read(log) == .end { subscribers[index].comeBack() }
            }
        }
        for index in subscribers.indices {
            if try subscribers[index].read(log) == .end { subscribers[index].comeBack() }
            try subscribers[index].readAll(log)
            expectSame(subscribers[index].model, log, "seed \(seed), subscriber \(index)")
            let step7 = try subscribers[index].read(log)
            #expect(step7 == .nothing)
        }
    }

    @Test func `whoever keeps up is told each change once`() throws {
        var random = SplitMix64(seed: 4)
        var log = StreamLog(epoch: 1, rows: (0..<20).map { (Self.id($0), Self.row($0, 0)) })
        var subscriber = Subscriber()
        try subscriber.readAll(log)
        for value in 1...2_000 {
            let one = Int.random(in: 0..<20, using: &random)
            log.changed(Self.id(one), to: Self.row(one, value))
            try subscriber.readAll(log)
        }
        #expect(subscriber.model.count("row") == 2_000)
        #expect(Set(subscriber.model.events.map(\.id)).count == 2_001)
    }
}
