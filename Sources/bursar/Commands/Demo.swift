import ArgumentParser
import BursarBasics
import BursarConfiguration
import BursarMocks
import BursarModel
import BursarText
import Foundation

/// `bursar demo`: mock providers and the gateway in one process; no key, no file.
struct Demo: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Run mock providers and the gateway in one process: no key and no file needed.",
        discussion: """
            Example:

              bursar demo
              bursar demo --listen 127.0.0.1:0

            Nothing leaves this machine: every provider is a mock on loopback.
            """
    )

    @Option(help: ArgumentHelp("Listen here; may be repeated. host:port or unix:/path.", valueName: "ADDR"))
    var listen: [String] = []

    /// A screenful. The mocks serve every definition.
    private static let shown = ["deepixels", "tensorpix", "legnext", "sunor", "hyper3d"]

    func validate() throws {
        for text in listen { try ListenArgument.check(text) }
    }

    func run() async throws {
        let mocks: MockProviders
        do {
            mocks = try await MockProviders.start()
            // Balances that fall with each call, so that the page has something to show.
            for provider in Self.shown { try mocks.set(.drift, for: provider) }
        } catch {
            Terminal.tell("error: the mock providers cannot start: \(error)")
            throw ExitStatus.unavailable
        }
        // History is part of what there is to see. A store that cannot be made costs the history alone.
        let folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("bursar-demo-\(UInt64.random(in: .min ... .max).hexText)").path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let configuration = try ConfigurationLoading.checked(
            ConfigurationReader(sources: .demo(Self.shown, store: folder + "/bursar.db") { mocks.baseURL(for: $0) })
                .read(ConfigurationRequest(path: ConfigurationSources.demoPath, listen: listen)))
        try await Running.gateway(configuration) { addresses in
            await announce(addresses, mocks)
        }
        await mocks.stop()
    }

    /// Asks the gateway once, so that a first run ends with balances on the screen.
    private func announce(_ addresses: [String], _ mocks: MockProviders) async {
        let url = Announcement.url(addresses)
        Terminal.tell("bursar demo listens on \(addresses.joined(separator: ", ")); its providers are mocks on \(mocks.url).\n")
        if let answer = try? await GatewayClient(base: url).get("/v1/balances"),
            let document = BalancesAnswer(json: answer.body)
        {
            Terminal.tell(BalanceTable(document.lines), now: document.generatedAt)
        }
        Terminal.tell(Announcement.tryThese(url))
        Terminal.tell(
            """
              curl \(url)/providers/tensorpix/api/accounts/profile/balance/
              curl -X PUT \(mocks.url)/_mock/sunor -d '{"scenario": "429-retry-after-20"}'   # after 30 s, look again
              \(url)/   in a browser

            Ctrl-C ends it.
            """)
    }
}
