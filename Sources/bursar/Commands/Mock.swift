import ArgumentParser
import BursarBasics
import BursarConfiguration
import BursarGateway
import BursarMocks
import BursarModel
import UnixSignals

/// `bursar mock`: only the mock providers, for other people's integration tests.
struct Mock: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Run only the mock providers, for integration tests in any language.",
        discussion: """
            Examples:

              bursar mock
              bursar mock --listen 127.0.0.1:9000 --latency 50ms
              curl -H 'x-api-key: mock-429-retry-after-3' \\
                http://127.0.0.1:9000/sunor/api/v1/account/balance
              curl http://127.0.0.1:9000/_mock

            The key chooses the scenario; docs/mocks.md lists them all.
            Exit codes: 64 usage, 66 no such file, 69 cannot listen, 78 a definition with errors.
            """
    )

    @Option(help: ArgumentHelp("host:port; port 0 takes a free one and prints it.", valueName: "ADDR"))
    var listen = "127.0.0.1:9000"

    @Option(help: ArgumentHelp("Wait this long before every provider's answer, such as 50ms.", valueName: "DURATION"))
    var latency: String?

    @Option(
        name: .customLong("providers"),
        help: ArgumentHelp("A folder or file with further definitions; may be repeated.", valueName: "PATH"))
    var definitions: [String] = []

    func validate() throws {
        _ = try address()
        _ = try parsedLatency()
    }

    func run() async throws {
        let (host, port) = try address()
        let mocks: MockProviders
        do {
            mocks = try await MockProviders.start(
                host: host, port: port, definitions: definitions, latency: try parsedLatency())
        } catch MockError.definitions(let lines) {
            // Each says its file, and that it is an error.
            Terminal.tell(lines.joined(separator: "\n"))
            throw definitions.allSatisfy(FileReading.exists) ? ExitStatus.configuration : ExitStatus.noSuchFile
        } catch let error as MockError {
            Terminal.tell("error: \(error)")
            throw ExitStatus.unavailable
        }
        let ends = await Running.endSignals()
        Terminal.tell("bursar mock listens on \(mocks.url). Base URLs:")
        for provider in mocks.providers { Terminal.tell("  \(mocks.baseURL(for: provider))") }
        Terminal.tell("Calls and scenarios: curl \(mocks.url)/_mock")
        for await _ in ends { break }
        await mocks.stop()
    }

    private func address() throws -> (host: String, port: Int) {
        guard case .tcp(let host, let port) = try ListenArgument.check(listen) else {
            throw ValidationError("--listen takes host:port here, such as 127.0.0.1:9000.")
        }
        return (host, port)
    }

    private func parsedLatency() throws -> Duration {
        guard let latency else { return .zero }
        guard let duration = try? DurationText.parse(latency) else {
            throw ValidationError("--latency takes a duration such as 50ms or 2s.")
        }
        return duration
    }
}
