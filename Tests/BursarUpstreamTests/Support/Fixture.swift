import BursarCatalog
import BursarEngine
import BursarModel
import BursarUpstream
import Synchronization
import Testing

/// A refresher over a provider in memory, with a clock that tests move.
struct Fixture {
    let clock = ManualClock()
    let transport = ScriptedTransport()
    let logs = LogCapture()
    let scrubber = ScrubberBox()
    let keys = CredentialKeys.random()
    let changes = Changes()
    let refresher: Refresher

    /// What `onChange` reported.
    final class Changes: Sendable {
        private let all = Mutex<[ViewChange]>([])
        func append(_ change: ViewChange) { all.withLock { $0.append(change) } }
        var list: [ViewChange] { all.withLock { $0 } }
    }

    static let ttl = Duration.seconds(30)
    static let timeout = Duration.seconds(5)

    init() {
        refresher = Refresher(
            seed: 1, clock: clock, transport: transport, scrubber: scrubber, logger: logs.logger,
            onChange: { [changes] in changes.append($0) })
    }

    func account(_ secret: String = "canary-3f9d2c77a1", baseURL: String? = nil, passedThrough: Bool = false) throws
        -> UpstreamAccount
    {
        let definition = try Self.definition()
        return UpstreamAccount(
            id: passedThrough ? nil : AccountID(provider: definition.id, account: .default), definition: definition,
            baseURL: baseURL, secret: Secret(secret),
            policy: RefreshPolicy(ttl: Self.ttl, staleFor: .seconds(3_600), timeout: Self.timeout),
            keys: keys)
    }

    static func definition() throws -> ProviderDefinition {
        let id = try #require(ProviderID("tensorpix"))
        return try #require(try catalog.get()[id])
    }
    /// Compiled once for all tests.
    private static let catalog = Result { try Catalog.builtIn() }

    /// The body of a success in the documented shape.
    static func body(_ amount: String) -> String { "{\"balance_usd\":\"\(amount)\"}" }

    var later: MonotonicTime { clock.now.monotonic.advanced(by: .seconds(3_600)) }
}

extension AccountView {
    var available: String? { reading?.amounts.first?.value.description }
}

extension Refresher {
    /// Both steps of asking.
    func answer(_ account: UpstreamAccount, demand: Demand, deadline: MonotonicTime) async -> Answer {
        switch request(account, demand: demand) {
        case .answered(let answer): answer
        case .mustWait(let ticket): await wait(ticket, until: deadline)
        }
    }
}
