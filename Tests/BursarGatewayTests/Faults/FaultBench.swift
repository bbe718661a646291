import BursarMocks
import BursarModel
import Foundation
import NIOHTTP1
import TestSupport
import Testing

/// One provider that misbehaves in one way, in front of a gateway that knows nothing, something, or something from before its
/// restart. Whatever it answers is held against the contract's section 5 here, and told as lines of a table. One task.
final class FaultBench {
    /// The amount of the good reading; it stands nowhere else.
    static let value = "4711.0815"
    /// Nothing but its ttl is fresh after it: ten seconds, so that no cooldown is confused with it.
    private static let ttl: Duration = .seconds(10)
    private static let timeout: Duration = .seconds(5)
    /// RFC 2606 2: never anybody's.
    static let withoutAddress = "bursar.invalid"

    private let fault: Fault
    private let state: FaultState
    private let folder: ScratchFolder
    private let held = HeldAnswers()
    private var mocks: MockProviders
    private var gateway: TestGateway
    private var good: [UInt8] = []

    /// The table's lines of one fault.
    static func cells(_ fault: Fault, _ state: FaultState) async throws -> [FaultCell] {
        let bench = try await FaultBench(fault, state)
        do {
            try await bench.prepare()
            var cells: [FaultCell] = []
            for surface in FaultSurface.allCases { cells.append(try await bench.cell(surface)) }
            try await bench.stop()
            return cells
        } catch {
            try await bench.stop()
            throw error
        }
    }

    private init(_ fault: Fault, _ state: FaultState) async throws {
        (self.fault, self.state) = (fault, state)
        folder = try ScratchFolder()
        // Where nobody listens for a while, the port stays free.
        let port = fault.upset == .refused ? try await LocalProgram.freePort() : 0
        mocks = try await MockProviders.start(port: port, clock: held)
        gateway = try await Self.start(fault, state, folder, mocks)
    }

    private static func start(
        _ fault: Fault, _ state: FaultState, _ folder: ScratchFolder, _ mocks: MockProviders, later: Duration = .zero
    ) async throws -> TestGateway {
        let provider = fault.provider
        let base =
            switch fault.upset {
            case .unreachable(.withoutAddress): "https://" + withoutAddress
            case .unreachable(.notTLS): "https://127.0.0.1:\(mocks.port)/\(provider)"
            case .scenario, .tooSlow, .hang, .refused, .fiveFailures: mocks.baseURL(for: provider)
            }
        let accounts = [("default", "demo-route"), ("list", "demo-list")].map { name, key in
            "provider: \(provider), name: \(name), key: \(key), base_url: '\(base)'"
        }
        let clock = ManualClock()
        clock.advance(by: later)
        let settings =
            "defaults: {ttl: 10s, timeout: 5s}\n"
            + (state == .restarted ? "store: 'sqlite:\(folder.file("bursar.db"))'" : "store: memory")
        return try await TestGateway.start(accounts, settings: settings, clock: clock, mocks: mocks)
    }

    /// The gateway ends, and another begins from what was stored.
    private func restart(after pause: Duration = .zero) async throws {
        try await gateway.stored()
        let elapsed = ManualClock().now.monotonic.duration(to: gateway.clock.now.monotonic)
        try await gateway.stop()
        gateway = try await Self.start(fault, state, folder, mocks, later: elapsed + pause)
    }

    private func stop() async throws {
        try await gateway.stop()
        await mocks.stop()
        folder.remove()
    }

    /// Good readings, where the state has them.
    private func prepare() async throws {
        guard state != .cold else { return }
        try mocks.set(#require(MockScenario("balance-" + Self.value)), for: fault.provider)
        for surface in FaultSurface.allCases {
            let answer = try await ask(surface, "no-transform")
            #expect(answer.status == 200 && answer.text.contains(Self.value), "\(context(surface)): \(answer.text)")
            if surface == .route { good = answer.bytes }
        }
        if state == .restarted {
            try await restart(after: Self.ttl + .seconds(1))
        } else {
            gateway.clock.advance(by: Self.ttl + .seconds(1))
        }
    }

    /// Another process does not know less of when the provider may be asked: the fault is met by one, and the next one asks at
    /// the same time as the first would have.
    static func outlivesRestart(_ fault: Fault) async throws {
        let bench = try await FaultBench(fault, .restarted)
        do {
            try await bench.prepare()
            for surface in [FaultSurface.list, .route] {
                bench.check(try await bench.meet(surface), surface, holds: true, who: "before the restart")
                try await bench.restart()
                bench.check(try await bench.ask(surface, "no-transform"), surface, holds: true, who: "after the restart")
                #expect(!(try await bench.asks(surface, "no-cache")), "\(bench.context(surface)): asked after the restart")
                try await bench.recover()
                _ = try await bench.climb(surface) { try await bench.asks(surface, "no-cache") }
                try await bench.checkRecovered(surface)
            }
            try await bench.stop()
        } catch {
            try await bench.stop()
            throw error
        }
    }

    private func cell(_ surface: FaultSurface) async throws -> FaultCell {
        let holds = surface.holdsReading(in: state)
        let first = try await meet(surface)
        check(first, surface, holds: holds, who: "the first caller")
        let next = try await ask(surface, "no-transform")
        check(next, surface, holds: holds, who: "the next caller")
        for demand in ["no-cache", "max-age=0"] where fault.consequence != .fresh {
            #expect(!(try await asks(surface, demand)), "\(context(surface)): asked at once, with \(demand)")
        }
        return FaultCell(
            fault: fault.name, surface: surface, first: FaultAnswer(first, of: surface),
            next: FaultAnswer(next, of: surface), askedAgain: try await askedAgain(surface, holds: holds))
    }

    private func context(_ surface: FaultSurface) -> Comment { "\(fault.name), \(state.rawValue), \(surface.rawValue)" }
}

// MARK: - Asking

extension FaultBench {
    private func ask(_ surface: FaultSurface, _ cacheControl: String, wait: Int? = nil) async throws -> TestGateway.Answer {
        try await Self.ask(gateway, fault.provider, surface, cacheControl, wait: wait)
    }

    private static func ask(
        _ gateway: TestGateway, _ provider: String, _ surface: FaultSurface, _ cacheControl: String, wait: Int? = nil
    ) async throws -> TestGateway.Answer {
        let route = TestGateway.routes[provider] ?? ""
        let asked = ("cache-control", cacheControl)
        let patience = ("prefer", wait.map { "wait=\($0)" } ?? "")
        switch surface {
        case .list: return try await gateway.get("/v1/balances/\(provider)/list", asked, patience)
        case .route: return try await gateway.get(route, asked, patience)
        case .passThrough: return try await gateway.get(route, asked, patience, ("x-api-key", "demo-pass"))
        }
    }

    private var calls: Int { get throws { try mocks.calls(for: fault.provider) } }

    /// Whether the mock saw a call that was made. Where there is no mock to see it, the answer itself says.
    private var isCounted: Bool {
        switch fault.upset {
        case .scenario, .tooSlow, .hang, .fiveFailures: true
        case .refused, .unreachable: false
        }
    }

    /// Whether a request leads to a call.
    private func asks(_ surface: FaultSurface, _ cacheControl: String) async throws -> Bool {
        let before = try calls
        let answer = FaultAnswer(try await ask(surface, cacheControl), of: surface)
        guard isCounted else { return answer.wasAsked }
        #expect(answer.wasAsked == (try calls > before), "\(context(surface)): \(answer)")
        return try calls > before
    }

    /// Brings the fault about, and returns the answer to the caller whose request meets it.
    private func meet(_ surface: FaultSurface) async throws -> TestGateway.Answer {
        let before = try calls
        switch fault.upset {
        case .scenario(let name):
            try mocks.set(#require(MockScenario(name)), for: fault.provider)
            return try await ask(surface, "no-cache")
        case .refused:
            await mocks.stop()
            return try await ask(surface, "no-cache")
        case .unreachable:
            return try await ask(surface, "no-cache")
        case .fiveFailures:
            try mocks.set(.status(500), for: fault.provider)
            var answer = try await ask(surface, "no-cache")
            while try calls < before + 5 {
                gateway.clock.advance(by: .seconds(6))
                answer = try await ask(surface, "no-cache")
            }
            return answer
        case .tooSlow, .hang:
            try mocks.set(fault.upset == .hang ? .hang : .slow(.seconds(8)), for: fault.provider)
            let (gateway, provider) = (gateway, fault.provider)
            async let answer = Self.ask(gateway, provider, surface, "no-cache")
            try await mocks.waitForCalls(before + 1, for: fault.provider)
            gateway.clock.advance(by: Self.timeout)
            return try await answer
        }
    }

    /// The provider is well again.
    private func recover() async throws {
        if fault.upset == .refused { mocks = try await MockProviders.start(port: mocks.port, clock: held) }
        try mocks.reset(fault.provider)
    }
}

// MARK: - When it is asked again

extension FaultBench {
    private static let ladder: [Duration] = {
        let waits: [Wait] = [
            .backoff, .told7, .ttl, .told17, .circuit, .untold, .told40, .toldDate40, .rejected, .anHour
        ]
        return Set(waits.flatMap { [$0.from - .milliseconds(10), $0.to + .milliseconds(1)] }).sorted()
    }()

    private func askedAgain(_ surface: FaultSurface, holds: Bool) async throws -> String {
        switch fault.consequence {
        case .fresh:
            return try await climb(surface) { try await self.asksWhenStale(surface) }
        case .rejected:
            // The provider still says so: what was held before does not come back.
            let told = try await climb(surface) { try await self.asks(surface, "no-cache") }
            check(try await ask(surface, "no-transform"), surface, holds: holds, who: "after the second refusal")
            gateway.clock.advance(by: fault.askedAgain.to)
            try await recover()
            try await checkRecovered(surface)
            return told
        case .failed where fault.upset == .tooSlow:
            #expect(await held.letGo(), "\(context(surface)): the mock held no answer")
            try await land(surface)
            try mocks.reset(fault.provider)
            return try await climb(surface) { try await self.asksWhenStale(surface) }
        case .failed where fault.upset == .hang:
            return try await climbPastHang(surface)
        case .failed:
            if case .unreachable = fault.upset {} else { try await recover() }
            let told = try await climb(surface) { try await self.asks(surface, "no-cache") }
            if case .unreachable = fault.upset { return told }
            try await checkRecovered(surface)
            return told
        }
    }

    /// Moves time from one moment to the next at which something could be asked, and tries.
    private func climb(_ surface: FaultSurface, _ asks: () async throws -> Bool) async throws -> String {
        var quietFor: Duration = .zero
        for time in Self.ladder {
            gateway.clock.advance(by: time - quietFor)
            guard try await asks() else {
                quietFor = time
                continue
            }
            let wait = fault.askedAgain
            let isInTime = quietFor >= wait.from - .milliseconds(10) && time <= wait.to + .milliseconds(1)
            #expect(isInTime, "\(context(surface)): asked again between \(quietFor) and \(time), not after \(wait.name)")
            return isInTime ? wait.name : "between \(quietFor) and \(time)"
        }
        Issue.record("\(context(surface)): not asked again within an hour")
        return "never"
    }

    /// Past its ttl a reading is answered at once, and the provider asked behind it.
    private func asksWhenStale(_ surface: FaultSurface) async throws -> Bool {
        let before = try calls
        let answer = FaultAnswer(try await ask(surface, "no-transform"), of: surface)
        guard answer.row == "stale" || answer.cacheStatus?.contains("ttl=-N") == true else {
            // The call behind it may have landed before the row was made, which is fresh by it then. One too early is told by `climb`.
            return try calls > before
        }
        try await mocks.waitForCalls(before + 1, for: fault.provider)
        return true
    }

    /// The late answer comes to nobody who waits, and is held all the same. It comes over a socket, in real time: so it is looked for again
    /// and again.
    private func land(_ surface: FaultSurface) async throws {
        let before = try calls
        try await eventually(
            {
                let answer = try await ask(surface, "no-transform")
                let row = FaultAnswer(answer, of: surface)
                guard answer.status == 200, row.code == nil, row.row != "stale" else { return false }
                #expect(try calls == before, "\(context(surface)): asked again for what was under way")
                return true
            }, pause: .milliseconds(5))
    }

    /// While a call hangs there is no second one, also when its backoff is over; then it is given up.
    private func climbPastHang(_ surface: FaultSurface) async throws -> String {
        let before = try calls
        gateway.clock.advance(by: fault.askedAgain.from - Self.timeout - .milliseconds(10))
        // It joins the call that hangs; its own patience is over at once.
        _ = try await ask(surface, "no-cache", wait: 0)
        #expect(try calls == before, "\(context(surface)): a second call beside one that hangs")
        try await recover()
        gateway.clock.advance(by: .milliseconds(20))
        // The task of the call has to notice that it was given up.
        try await eventually {
            _ = try await ask(surface, "no-cache", wait: 1)
            return try calls != before
        }
        let made = try calls - before
        #expect(made == 1, "\(context(surface)): \(made) calls after the hard deadline")
        try await checkRecovered(surface)
        return made == 1 ? fault.askedAgain.name : "never"
    }
}

// MARK: - What must hold, whatever the table says

extension FaultBench {
    private func check(_ answer: TestGateway.Answer, _ surface: FaultSurface, holds: Bool, who: String) {
        let seen = FaultAnswer(answer, of: surface)
        let comment: Comment = "\(context(surface)), \(who): \(seen) \(answer.text)"
        switch fault.consequence {
        case .fresh:
            #expect(answer.status == 200 && seen.showsValue && seen.code == nil, comment)
            #expect(seen.row == (surface == .list ? "fresh" : "the provider's"), comment)
        case .failed(let code, _) where holds:
            #expect(answer.status == 200 && seen.showsValue && seen.retryAfter == nil, comment)
            if surface == .list {
                #expect(seen.row == "stale" && seen.code == code, comment)
                #expect(answer.headers.first(name: "bursar-complete") == "true", comment)
            } else {
                #expect(answer.bytes == good && seen.row == "the provider's", comment)
                if !seen.wasAsked { #expect(seen.cacheStatus == "bursar; hit; ttl=-N; detail=\(code)", comment) }
                // A body that is not the last answer's is always marked.
                #expect(seen.code == code && seen.cacheStatus?.contains("stored") == false, comment)
                #expect(answer.headers.first(name: "age") != nil, comment)
            }
        case .failed(let code, let waits):
            checkNothingShown(seen, surface, code: code, comment)
            if waits { #expect((seen.retryAfter ?? 0) >= 1, comment) }
            // Bursar's own finding: it must not look as if the provider had said it.
            let isOwn = ["invalid_response", "unreachable", "timeout", "circuit_open"].contains(code)
            if surface != .list, isOwn { #expect(seen.row == "problem document" && seen.code == code, comment) }
        case .rejected(let code):
            checkNothingShown(seen, surface, code: code, comment)
            #expect(seen.retryAfter == nil, comment)
        }
    }

    private func checkNothingShown(_ seen: FaultAnswer, _ surface: FaultSurface, code: String, _ comment: Comment) {
        #expect(!seen.showsValue, comment)
        #expect(seen.status == (surface == .list ? fault.listStatus : fault.routeStatus), comment)
        if surface == .list { #expect(seen.row == "unavailable" && seen.code == code, comment) }
    }

    /// The first success clears all.
    private func checkRecovered(_ surface: FaultSurface) async throws {
        let answer = try await ask(surface, "no-cache")
        let seen = FaultAnswer(answer, of: surface)
        let comment: Comment = "\(context(surface)), recovered: \(seen) \(answer.text)"
        #expect(answer.status == 200 && seen.code == nil && seen.row != "stale", comment)
    }
}
