import AsyncHTTPClient
import BursarCatalog
import BursarGateway
import BursarMocks
import BursarModel
import Logging
import NIOCore
import NIOHTTP1
import Synchronization

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
    let url: String
    let log: CapturedLog
    private let client: HTTPClient

    /// - Parameters:
    ///   - accounts: lines of the `accounts:` list, each a flow mapping without `base_url`: `provider: sunor, key: mock-ok`.
    ///   - settings: further lines of the configuration.
    static func start(
        _ accounts: [String], settings: String = "", latency: Duration = .zero, clock: ManualClock = ManualClock()
    ) async throws -> TestGateway {
        let mocks = try await MockProviders.start(latency: latency)
        var yaml = "listen: ['127.0.0.1:0']\n\(settings)\naccounts:\n"
        for account in accounts {
            let provider = account.split(separator: ",")[0].split(separator: ":")[1].filter { $0 != " " }
            yaml += "  - {\(account), base_url: '\(mocks.baseURL(for: String(provider)))'}\n"
        }
        if accounts.isEmpty { yaml += "  []\n" }
        let content = FileContent(bytes: Array(yaml.utf8))
        let sources = ConfigurationSources { path, _ in path == "test.yaml" ? .success(content) : .failure(.notFound) }
        let result = ConfigurationReader(sources: sources).read(ConfigurationRequest(path: "test.yaml"))
        guard let configuration = result.configuration else {
            await mocks.stop()
            throw BadConfiguration(diagnostics: result.diagnostics.map(\.description))
        }
        let log = CapturedLog()
        let scrubber = ScrubberBox()
        let gateway = Gateway(configuration, scrubber: scrubber, logger: log.logger(scrubber), clock: clock)
        let addresses = try await gateway.start()
        return TestGateway(mocks: mocks, gateway: gateway, clock: clock, url: "http://" + addresses[0], log: log)
    }

    struct BadConfiguration: Error { let diagnostics: [String] }

    private init(mocks: MockProviders, gateway: Gateway, clock: ManualClock, url: String, log: CapturedLog) {
        self.mocks = mocks
        self.gateway = gateway
        self.clock = clock
        self.url = url
        self.log = log
        var configuration = HTTPClient.Configuration()
        configuration.redirectConfiguration = .disallow
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 1_024
        client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }

    func stop() async throws {
        await gateway.stop()
        await mocks.stop()
        try await client.shutdown()
    }

    /// Runs `body` and stops the gateway whatever comes.
    static func with<Result>(
        _ accounts: [String], settings: String = "", latency: Duration = .zero,
        _ body: (TestGateway) async throws -> Result
    ) async throws -> Result {
        let gateway = try await start(accounts, settings: settings, latency: latency)
        do {
            let result = try await body(gateway)
            try await gateway.stop()
            return result
        } catch {
            try await gateway.stop()
            throw error
        }
    }

    func get(_ path: String, method: HTTPMethod = .GET, _ headers: (String, String)...) async throws -> Answer {
        var request = HTTPClientRequest(url: url + path)
        request.method = method
        for (name, value) in headers { request.headers.add(name: name, value: value) }
        let response = try await client.execute(request, timeout: .seconds(120))
        let body = try await response.body.collect(upTo: 16 << 20)
        return Answer(status: Int(response.status.code), headers: response.headers, bytes: Array(body.readableBytesView))
    }

    /// A read that the table of ready answers, which runs on real time, leaves to the machine, which runs on the test's.
    func fresh(_ path: String) async throws -> Answer { try await get(path, ("cache-control", "no-transform")) }

    static let routes = [
        "deepixels": "/providers/deepixels/v1/account/balance",
        "tensorpix": "/providers/tensorpix/api/accounts/profile/balance/",
        "legnext": "/providers/legnext/api/account/balance",
        "sunor": "/providers/sunor/api/v1/account/balance",
        "hyper3d": "/providers/hyper3d/api/v2/check_balance"
    ]
    static let five = routes.keys.sorted().map { "provider: \($0), key: mock-ok" }
}

/// What a gateway logged, at the most verbose level. *Mutex*; any thread.
final class CapturedLog: Sendable {
    private let captured = Mutex<[UInt8]>([])

    var text: String { captured.withLock { String(decoding: $0, as: UTF8.self) } }

    func logger(_ scrubber: ScrubberBox) -> Logger {
        Logger(label: "test") { label in
            GatewayLogHandler(label: label, level: .trace, format: .json, scrubber: scrubber) { line in
                self.captured.withLock { $0 += line + [0x0A] }
            }
        }
    }
}
