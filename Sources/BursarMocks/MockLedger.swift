/// Who called what, and what each provider was told to do: all state of the mocks. *Value*; ``MockProviders`` keeps one behind
/// a `Mutex`. No key comes in here, only its fingerprint.
struct MockLedger: Sendable {
    /// What is told about one key. *Value.*
    struct KeyRecord: Sendable, Equatable {
        var calls = 0
        /// Calls by the name of the scenario that answered them.
        var scenarios: [String: Int] = [:]
        /// Calls by scenario since a scenario was last set: drift, top-up and flaky count by them.
        var turns: [String: Int] = [:]
    }

    /// What is told about one provider. *Value.*
    struct ProviderRecord: Sendable, Equatable {
        var calls = 0
        /// Calls with no credential, or one in another form than the documented.
        var unauthenticated = 0
        /// How often the place that `redirect` names was asked: a client that holds a key should never go there.
        var redirectsFollowed = 0
        var keys: [String: KeyRecord] = [:]
        /// Set from outside for callers whose key names no scenario; nil means ok.
        var scenario: MockScenario?
        /// How many more calls ``scenario`` answers; nil is without end.
        var timesLeft: Int?
    }

    /// What answers a call, and its number among the calls of this key that the scenario answered, from 1.
    struct Turn: Equatable {
        let scenario: MockScenario
        let number: Int
    }

    /// Keys and scenario names are a caller's choice: beyond these numbers they are counted together, under ``others``.
    static let mostKeys = 1_000
    static let mostScenarios = 64
    static let others = "others"

    private(set) var providers: [String: ProviderRecord]

    init(providers names: [String]) {
        self.providers = Dictionary(names.map { ($0, ProviderRecord()) }, uniquingKeysWith: { first, _ in first })
    }

    /// - Parameter named: the scenario that the key itself names; it wins over what is set for the provider, so that tests
    ///   which run side by side do not disturb each other.
    mutating func called(_ provider: String, key fingerprint: String, named: MockScenario?) -> Turn {
        var record = providers[provider, default: ProviderRecord()]
        record.calls += 1
        let scenario = named ?? record.takeScenario()

        let key = record.keys[fingerprint] != nil || record.keys.count < Self.mostKeys ? fingerprint : Self.others
        var keyRecord = record.keys[key, default: KeyRecord()]
        keyRecord.calls += 1
        let number = keyRecord.count(scenario.description)
        record.keys[key] = keyRecord
        providers[provider] = record
        return Turn(scenario: scenario, number: number)
    }

    mutating func calledWithoutCredential(_ provider: String) {
        providers[provider, default: ProviderRecord()].calls += 1
        providers[provider, default: ProviderRecord()].unauthenticated += 1
    }

    mutating func redirectFollowed(_ provider: String) {
        providers[provider, default: ProviderRecord()].redirectsFollowed += 1
    }

    /// From now on, or for `times` calls, `scenario` answers the keys that name none. What it counts begins anew. 0 or fewer
    /// times is the same as a reset.
    mutating func set(_ scenario: MockScenario?, times: Int?, for provider: String) {
        let isInForce = scenario != nil && (times ?? 1) > 0
        var record = providers[provider, default: ProviderRecord()]
        record.scenario = isInForce ? scenario : nil
        record.timesLeft = isInForce ? times : nil
        for key in record.keys.keys { record.keys[key]?.turns = [:] }
        providers[provider] = record
    }

    mutating func resetAll() {
        for name in providers.keys { providers[name] = ProviderRecord() }
    }
}

extension MockLedger.ProviderRecord {
    /// The scenario that is set; uses up one of its times.
    fileprivate mutating func takeScenario() -> MockScenario {
        guard let scenario else { return .ok }
        if let left = timesLeft {
            timesLeft = left > 1 ? left - 1 : nil
            if left <= 1 { self.scenario = nil }
        }
        return scenario
    }
}

extension MockLedger.KeyRecord {
    /// Counts a call of `name` and returns which turn of it this is.
    fileprivate mutating func count(_ name: String) -> Int {
        let shown = scenarios[name] != nil || scenarios.count < MockLedger.mostScenarios ? name : MockLedger.others
        scenarios[shown, default: 0] += 1
        let turn = turns[name] != nil || turns.count < MockLedger.mostScenarios ? name : MockLedger.others
        turns[turn, default: 0] += 1
        return turns[turn, default: 1]
    }
}
