import BursarBasics
import Testing

@testable import BursarClient

@Suite struct ConnectionPoolTests {
    private let origin = Origin(isEncrypted: true, place: .host("prov.test", port: 443))
    private let other = Origin(isEncrypted: true, place: .host("other.test", port: 443))
    private static let limits = ConnectionLimits(connectionsPerOrigin: 2, idle: .seconds(60), age: .seconds(300))

    private func at(_ seconds: Int64, slept: Int64 = 0) -> ConnectionTime {
        .init(uptime: (seconds + slept) * 1_000_000_000, running: seconds * 1_000_000_000)
    }

    @Test func `one connection serves one call at a time, and the next call after it`() {
        var pool = ConnectionPool<Int>(limits: Self.limits)
        #expect(pool.requested(1, for: origin, now: at(0)).verdict == .open(1))
        #expect(pool.opened(1, now: at(0)) == true)
        #expect(pool.requested(2, for: origin, now: at(1)).verdict == .open(2))
        #expect(pool.released(1, reusable: true, now: at(1)) == .keep(.seconds(60)))
        #expect(pool.requested(3, for: origin, now: at(2)).verdict == .lend(1))
        #expect(pool.requested(4, for: other, now: at(2)).verdict == .open(3), "another origin shares nothing")
    }

    @Test func `where all are taken a call waits for the first that comes back, or for a new one in place of one that ended`() {
        var pool = ConnectionPool<Int>(limits: Self.limits)
        for call in 1...2 { _ = pool.requested(call, for: origin, now: at(0)) }
        for id in 1...2 { _ = pool.opened(id, now: at(0)) }
        for call in 3...6 { #expect(pool.requested(call, for: origin, now: at(0)).verdict == .wait) }
        pool.left(4, of: origin)
        #expect(pool.released(1, reusable: true, now: at(1)) == .lend(call: 3))
        #expect(pool.released(2, reusable: false, now: at(1)) == .close(.init(call: 5, opens: 3)))
        #expect(pool.closed(1, now: at(1)) == .init(call: 6, opens: 4))
        #expect(pool.closed(1, now: at(1)) == nil, "it is told once")
        #expect(pool.count(of: origin) == 2)
    }

    @Test(arguments: [(59, 0, true), (60, 0, false), (1, 0, true), (1, 2, false)] as [(Int64, Int64, Bool)])
    func `C2: idle for too long, or over a suspension, and it is not lent again`(idle: Int64, slept: Int64, isLent: Bool) {
        var pool = ConnectionPool<Int>(limits: Self.limits)
        _ = pool.requested(1, for: origin, now: at(0))
        _ = pool.opened(1, now: at(0))
        _ = pool.released(1, reusable: true, now: at(0))
        let (verdict, close) = pool.requested(2, for: origin, now: at(idle, slept: slept))
        #expect(verdict == (isLent ? .lend(1) : .open(2)))
        #expect(close == (isLent ? [] : [1]))
    }

    @Test func `C3: too old, or from before a reload, and it is closed when it comes back`() {
        var pool = ConnectionPool<Int>(limits: Self.limits)
        _ = pool.requested(1, for: origin, now: at(0))
        _ = pool.opened(1, now: at(0))
        #expect(pool.released(1, reusable: true, now: at(299)) == .keep(.seconds(1)))
        #expect(pool.requested(2, for: origin, now: at(299)).verdict == .lend(1))
        #expect(pool.released(1, reusable: true, now: at(300)) == .close(nil))
        for call in 3...4 { _ = pool.requested(call, for: origin, now: at(300)) }
        for id in 2...3 { _ = pool.opened(id, now: at(300)) }
        _ = pool.released(2, reusable: true, now: at(300))
        #expect(pool.retired() == [2])
        #expect(pool.released(3, reusable: true, now: at(301)) == .close(nil))
        #expect(pool.isEmpty)
    }

    @Test func `an idle one's time ends it once, and not where it was lent meanwhile`() {
        var pool = ConnectionPool<Int>(limits: Self.limits)
        _ = pool.requested(1, for: origin, now: at(0))
        _ = pool.opened(1, now: at(0))
        _ = pool.released(1, reusable: true, now: at(0))
        _ = pool.requested(2, for: origin, now: at(59))
        #expect(pool.idleEnded(1, now: at(60)) == false)
        _ = pool.released(1, reusable: true, now: at(61))
        #expect(pool.idleEnded(1, now: at(62)) == false)
        #expect(pool.idleEnded(1, now: at(121)) == true)
        #expect(pool.idleEnded(1, now: at(121)) == false)
    }

    @Test func `a shutdown names everything, and nothing begins after it`() {
        var pool = ConnectionPool<Int>(limits: Self.limits)
        for call in 1...3 { _ = pool.requested(call, for: origin, now: at(0)) }
        let (close, calls) = pool.shutDown()
        #expect(Set(close) == [1, 2])
        #expect(calls == [3])
        #expect(pool.requested(4, for: origin, now: at(1)).verdict == .refuse)
        #expect(pool.opened(1, now: at(1)) == false, "it was being opened meanwhile")
        #expect(pool.isEmpty)
    }

    /// Against what each of us would write down on paper: who has what since when.
    @Test(arguments: 0..<40)
    func `random schedules keep the promises`(seed: Int) {
        var random = Generator(state: UInt64(seed) &* 0x9E37_79B9_7F4A_7C15 | 1)
        var pool = ConnectionPool<Int>(limits: Self.limits)
        var now = at(0)
        var opening: [Int: (call: Int, origin: Origin)] = [:]
        var lent: [Int: Origin] = [:]
        var idle: [Int: ConnectionTime] = [:]
        var opened: [Int: ConnectionTime] = [:]
        var homes: [Int: Origin] = [:]
        var waiting: [Int: Origin] = [:]
        var retired: Set<Int> = []
        var nextCall = 1

        func opens(_ id: Int, _ call: Int, _ origin: Origin) {
            #expect(homes[id] == nil, "an id is used once")
            opening[id] = (call, origin)
            homes[id] = origin
        }
        func got(_ next: ConnectionPool<Int>.Next?) {
            guard let next, let origin = waiting.removeValue(forKey: next.call) else {
                #expect(next == nil)
                return
            }
            opens(next.opens, next.call, origin)
        }
        for _ in 0..<600 {
            now.uptime += Int64.random(in: 0..<20_000_000_000, using: &random)
            now.running = now.uptime
            switch Int.random(in: 0..<12, using: &random) {
            case 0...3:
                let (call, origin) = (nextCall, Bool.random(using: &random) ? origin : other)
                nextCall += 1
                let (verdict, close) = pool.requested(call, for: origin, now: now)
                for id in close { #expect(idle.removeValue(forKey: id) != nil) }
                switch verdict {
                case .lend(let id):
                    let since = idle.removeValue(forKey: id)
                    #expect(since != nil && homes[id] == origin && !retired.contains(id))
                    if let since { #expect(now.elapsed(since: since) < .seconds(60)) }
                    if let birth = opened[id] { #expect(now.elapsed(since: birth) < .seconds(300)) }
                    lent[id] = origin
                case .open(let id): opens(id, call, origin)
                case .wait: waiting[call] = origin
                case .refuse: Issue.record("nobody shut it down")
                }
            case 4...6:
                guard let (id, home) = opening.randomElement(using: &random) else { continue }
                opening[id] = nil
                if Bool.random(using: &random) {
                    #expect(pool.opened(id, now: now) == true)
                    (lent[id], opened[id]) = (home.origin, now)
                } else {
                    got(pool.closed(id, now: now))
                }
            case 7...8:
                guard let id = lent.keys.randomElement(using: &random) else { continue }
                let origin = lent.removeValue(forKey: id)
                switch pool.released(id, reusable: Int.random(in: 0..<4, using: &random) > 0, now: now) {
                case .keep: idle[id] = now
                case .lend(let call):
                    #expect(waiting.removeValue(forKey: call) == origin)
                    lent[id] = origin
                case .close(let next): got(next)
                }
            case 9:
                guard let id = (Array(lent.keys) + idle.keys).randomElement(using: &random) else { continue }
                (lent[id], idle[id]) = (nil, nil)
                got(pool.closed(id, now: now))
            case 10:
                if Int.random(in: 0..<6, using: &random) == 0 {
                    retired.formUnion(homes.keys)
                    #expect(Set(pool.retired()) == Set(idle.keys))
                    idle = [:]
                } else if let id = idle.keys.randomElement(using: &random), pool.idleEnded(id, now: now) {
                    idle[id] = nil
                }
            default:
                guard let (call, origin) = waiting.randomElement(using: &random) else { continue }
                waiting[call] = nil
                pool.left(call, of: origin)
            }
            for place in [origin, other] {
                let count =
                    opening.values.count { $0.origin == place } + lent.values.count { $0 == place }
                    + idle.keys.count { homes[$0] == place }
                #expect(count <= 2 && pool.count(of: place) == count, "seed \(seed)")
                #expect(!waiting.values.contains(place) || count == 2, "seed \(seed): a call waits although there is room")
            }
        }
    }

    /// xorshift64*. *Value.*
    private struct Generator: RandomNumberGenerator {
        var state: UInt64
        mutating func next() -> UInt64 {
            state ^= state >> 12
            state ^= state << 25
            state ^= state >> 27
            return state &* 0x2545_F491_4F6C_DD1D
        }
    }
}
