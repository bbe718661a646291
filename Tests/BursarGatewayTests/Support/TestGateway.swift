import BursarCatalog
import BursarClient
import BursarEngine
import BursarHTTP
import BursarMocks
import BursarModel
import BursarProcess
import BursarStore
import BursarUpstream
import Foundation
import Logging
import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization
import TestSupport

@testable import BursarConfiguration
@testable import BursarGateway

/// The whole gateway over real sockets, its upstreams the mocks in this process. Stop it, or the sockets stay.
final class TestGateway: Sendable {
    struct Answer {
        let status: Int
        let headers: HTTPHeaders
        let bytes: [UInt8]

        var text: String { String(decoding: bytes, as: UTF8.self) }
        var json: JSONValue? { try? JSONReader.read(bytes) }
        func row(_ index: Int) -> JSONValue? { json?["balances"]?[index] }
    }

    let mocks: MockProviders
    let gateway: Gateway
    let clock: ManualClock
    /// As the gateway says them, in configured order.
    let addresses: [String]
    let url: String
    let log: CapturedLog
    /// What a reload reads.
    let file: ConfigurationFile
    /// Everything that callers saw: searched for keys when the gateway stops.
    let outflow = Outflow()
    private let client: HTTPClient
    private let store: StoreKeeper?
    private let ownsMocks: Bool

    /// - Parameters:
    ///   - accounts: lines of the `accounts:` list, each a flow mapping: `provider: sunor, key: mock-ok`. One without a
    ///     `base_url` gets that of the mocks.
    ///   - settings: further lines of the configuration.
    ///   - mocks: the caller's own, which it stops itself; nil: some that live as long as the gateway.
    ///   - ofTest: takes the place of the store that the configuration names.
    static func start(
        _ accounts: [String], listen: String = "['127.0.0.1:0']", settings: String = "", latency: Duration = .zero,
        inherited: [InheritedListener] = [], clock: ManualClock = ManualClock(), mocks given: MockProviders? = nil,
        store ofTest: (any SnapshotStore)? = nil
    ) async throws -> TestGateway {
        let mocks: MockProviders
        if let given { mocks = given } else { mocks = try await MockProviders.start(latency: latency) }
        let file = ConfigurationFile(Self.yaml(accounts, listen: listen, settings: settings, mocks))
        // Certificates are real files; everything else is here.
        var sources = ConfigurationSources.process()
        let files = sources.readFile
        sources.environment = [:]
        // No store but one that the test names.
        sources.home = nil
        sources.inherited = inherited
        sources.checkTLS = { settings in
            do throws(TLSError) {
                _ = try TLSIdentity(settings)
                return nil
            } catch {
                return TLSFileProblem(file: error.file, words: error.words, concernsKey: error.concernsKey)
            }
        }
        sources.readFile = { path, limit in
            path == "test.yaml"
                ? .success(FileContent(bytes: Array(file.text.utf8)))
                : path.hasPrefix("/") ? files(path, limit) : .failure(.notFound)
        }
        let reader = ConfigurationReader(sources: sources)
        let reread: @Sendable () -> ConfigurationResult = { reader.read(ConfigurationRequest(path: "test.yaml")) }
        let result = reread()
        guard let configuration = result.configuration else {
            if given == nil { await mocks.stop() }
            throw BadConfiguration(diagnostics: result.diagnostics.map(\.description))
        }
        let log = CapturedLog()
        let output = log.output(ScrubberBox())
        var pace = StoreKeeper.Pace()
        pace.gather = .milliseconds(10)
        pace.look = .milliseconds(50)
        pace.watch = .milliseconds(50)
        let store: StoreKeeper?
        if let ofTest {
            store = await StoreKeeper.open(ofTest, logger: output.logger, pace: pace, now: { clock.now })
        } else {
            store = await Gateway.openStore(configuration, logger: output.logger, clock: clock, pace: pace)
        }
        let gateway = try Gateway(configuration, log: output, reread: reread, store: store, clock: clock)
        let addresses = try await gateway.start()
        return TestGateway(
            mocks: mocks, gateway: gateway, clock: clock, addresses: addresses, log: log, file: file,
            store: store, ownsMocks: given == nil)
    }

    /// - Parameter accounts: lines of the `accounts:` list, as for ``start(_:listen:settings:latency:inherited:clock:mocks:store:)``.
    static func yaml(_ accounts: [String], listen: String, settings: String, _ mocks: MockProviders) -> String {
        var yaml = "listen: \(listen)\n\(settings)\naccounts:\n"
        for account in accounts {
            let provider = account.split(separator: ",")[0].split(separator: ":")[1].filter { $0 != " " }
            let base = account.contains("base_url:") ? "" : ", base_url: '\(mocks.baseURL(for: String(provider)))'"
            yaml += "  - {\(Canary.marked(account))\(base)}\n"
        }
        return accounts.isEmpty ? yaml + "  []\n" : yaml
    }

    /// Writes another configuration and has it read.
    @discardableResult
    func reload(_ accounts: [String], listen: String = "['127.0.0.1:0']", settings: String = "") async -> ReloadOutcome {
        file.text = Self.yaml(accounts, listen: listen, settings: settings, mocks)
        return await gateway.reload("test")
    }

    struct BadConfiguration: Error { let diagnostics: [String] }

    private init(
        mocks: MockProviders, gateway: Gateway, clock: ManualClock, addresses: [String], log: CapturedLog,
        file: ConfigurationFile,
        store: StoreKeeper?, ownsMocks: Bool
    ) {
        self.file = file
        self.store = store
        self.ownsMocks = ownsMocks
        self.mocks = mocks
        self.gateway = gateway
        self.clock = clock
        self.addresses = addresses
        url = addresses[0].hasPrefix("https://") ? addresses[0] : "http://" + addresses[0]
        self.log = log
        var settings = ClientSettings(tls: ClientTLS(), connectionsPerOrigin: 1_024, bodyLimit: 16 << 20)
        settings.skipsRedirects = false
        client = HTTPClient(group: MultiThreadedEventLoopGroup.singleton, settings: settings)
    }

    func stop() async throws {
        // Whether or not a caller may have it, and whether or not anything answers there.
        _ = try? await get("/metrics")
        outflow.saw(storeFiles)
        await gateway.stop()
        outflow.saw(storeFiles)
        if ownsMocks { await mocks.stop() }
        client.shutdown()
        outflow.saw(log.text)
        outflow.search("answers and log of a gateway")
    }

    var callsUnderWay: Int { gateway.process.refresher.callsUnderWay }

    /// Moves the clock, but not under a call: on a busy machine one would miss its timeout that has only just begun.
    func passTime(_ duration: Duration) {
        if callsUnderWay == 0 { clock.advance(by: duration) }
    }

    /// Whether the log says this within a minute or more. Time goes on meanwhile: an attempt that was under way when it was moved
    /// may have failed after that, and the next one is due later.
    func tells(_ text: String) async throws -> Bool {
        for _ in 0..<1_200 {
            if log.text.contains(text) { return true }
            clock.advance(by: .seconds(30))
            try await Task.sleep(for: .milliseconds(50))
        }
        return false
    }

    /// Returns when everything that was learned so far is on disk.
    func stored() async throws {
        try await eventually { store?.isIdle != false }
    }

    /// The store's database with its write-ahead log, where the test has one.
    private var storeFiles: [UInt8] {
        guard let path = file.text.firstMatch(of: /store: sqlite:([^\s'",}]+)/)?.1 else { return [] }
        return ["", "-wal", "-shm", "-journal"].flatMap { suffix in
            FileManager.default.contents(atPath: path + suffix).map { Array($0) } ?? []
        }
    }

    /// Runs `body` and stops the gateway whatever comes.
    static func with<Result>(
        _ accounts: [String], listen: String = "['127.0.0.1:0']", settings: String = "", latency: Duration = .zero,
        _ body: (TestGateway) async throws -> Result
    ) async throws -> Result {
        try await start(accounts, listen: listen, settings: settings, latency: latency).whileRunning(body)
    }

    /// Stops behind it, whatever came of it.
    func whileRunning<Result>(_ body: (TestGateway) async throws -> Result) async throws -> Result {
        do {
            let result = try await body(self)
            try await stop()
            return result
        } catch {
            try await stop()
            throw error
        }
    }

    func get(_ path: String, method: HTTPMethod = .GET, _ headers: (String, String)...) async throws -> Answer {
        guard let place = RequestURL(url + path) else { throw ClientError(.unwritable) }
        return try await ask(place.origin, place.target, method, headers)
    }

    /// Over the gateway's Unix socket: as the user of this process, who may do what an operator may.
    func asOperator(_ path: String, method: HTTPMethod, _ headers: (String, String)...) async throws -> Answer {
        guard let socket = addresses.first(where: { $0.hasPrefix("unix:") })?.dropFirst("unix:".count) else { throw NoSocket() }
        let origin = Origin(isEncrypted: false, place: .unix(path: String(socket)))
        return try await ask(origin, path, method, headers)
    }

    func send(
        _ path: String, method: HTTPMethod, _ headers: [(String, String)], body: [UInt8]? = nil
    ) async throws -> Answer {
        guard let place = RequestURL(url + path) else { throw ClientError(.unwritable) }
        return try await ask(place.origin, place.target, method, headers, body)
    }

    /// Of anything that listens on this machine, such as the mocks.
    func ask(_ url: String, method: String, _ headers: [(String, String)]) async throws -> Answer {
        guard let place = RequestURL(url) else { throw ClientError(.unwritable) }
        return try await ask(place.origin, place.target, HTTPMethod(rawValue: method), headers)
    }

    struct NoSocket: Error {}

    /// A `listen` with a Unix socket beside the usual address.
    static func listening(at socket: String) -> String { "['127.0.0.1:0', {address: 'unix:\(socket)', mode: '0666'}]" }

    private func ask(
        _ origin: Origin, _ target: String, _ method: HTTPMethod, _ headers: [(String, String)],
        _ body: [UInt8]? = nil
    ) async throws -> Answer {
        for (name, value) in headers { outflow.sent(name, value) }
        let request = ClientRequest(method: method.rawValue, origin: origin, target: target, fields: headers, body: body)
        switch await client.execute(request, timeout: .seconds(120)) {
        case .response(let response):
            if let fault = response.fault { throw ClientError(fault) }
            outflow.saw("\(response.status)\n" + response.fields.map { "\($0.name): \($0.value)\n" }.joined())
            outflow.saw(response.body)
            let fields = response.fields.map { ($0.name, $0.value) }
            return Answer(status: response.status, headers: HTTPHeaders(fields), bytes: response.body)
        case .failed(let error):
            throw error
        }
    }

    /// A read that the table of ready answers, which runs on real time, leaves to the machine, which runs on the test's.
    func fresh(_ path: String) async throws -> Answer { try await get(path, ("cache-control", "no-transform")) }

    /// A path of the pattern that a configured account answers to.
    static func path(_ pattern: String) -> String {
        pattern.replacing("{provider}", with: "sunor").replacing("{account}", with: "default").replacing(
            "{claim}", with: "claim_1")
    }

    static let routes = [
        "deepixels": "/providers/deepixels/v1/account/balance",
        "tensorpix": "/providers/tensorpix/api/accounts/profile/balance/",
        "legnext": "/providers/legnext/api/account/balance",
        "sunor": "/providers/sunor/api/v1/account/balance",
        "hyper3d": "/providers/hyper3d/api/v2/check_balance"
    ]
    static let five = routes.keys.sorted().map { "provider: \($0), key: mock-ok" }
}

/// A configuration file that tests write. *Mutex*; any thread.
final class ConfigurationFile: Sendable {
    private let content: Mutex<String>

    init(_ text: String) { content = Mutex(text) }

    var text: String {
        get { content.withLock { $0 } }
        set { content.withLock { $0 = newValue } }
    }
}

/// What a gateway logged, at the most verbose level. *Mutex*; any thread.
final class CapturedLog: LogTarget {
    private let captured = Mutex<[UInt8]>([])

    var droppedLines: Int { 0 }
    func write(_ line: [UInt8], isHurried: Bool) { captured.withLock { $0 += line + [0x0A] } }

    var text: String { captured.withLock { String(decoding: $0, as: UTF8.self) } }

    /// Whether that text comes: a request's line is written just after its last byte was, so that its client may be first.
    func contains(_ text: String) async -> Bool {
        // A minute or more: on a machine that builds beside it, a reload can take seconds.
        for _ in 0..<6_000 {
            if self.text.contains(text) { return true }
            try? await Task.sleep(for: .milliseconds(10))
        }
        return false
    }

    func output(_ scrubber: ScrubberBox) -> LogOutput {
        LogOutput(level: .trace, format: .json, scrubber: scrubber, target: self)
    }
}
