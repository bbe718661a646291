import ArgumentParser
import BursarConfiguration
import BursarGateway
import BursarProcess

/// `bursar serve`: runs the gateway.
struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Run the gateway.",
        discussion: """
            Examples:

              TENSORPIX_API_KEY=… bursar serve
              bursar serve --config /etc/bursar/bursar.yaml
              bursar serve --listen 127.0.0.1:8787 --listen unix:/run/bursar/bursar.sock

            SIGHUP (or POST /admin/reload) reads the configuration again; one that is wrong changes nothing.
            Ends on SIGTERM or SIGINT, after the requests under way.
            Exit codes: 64 usage, 66 no such file, 69 cannot listen, 78 configuration.
            """
    )

    @OptionGroup var options: ConfigurationOptions

    func run() async throws {
        let configuration = try ConfigurationLoading.load(options.request)
        let request = options.request
        let reader = ConfigurationReader(sources: .program())
        try await Running.gateway(configuration, reread: { reader.read(request) }) { addresses in
            // A log of JSON lines says that it listens in a line of its own.
            if Running.format(configuration.log) == .text { Terminal.tell(Announcement.serving(configuration, addresses)) }
        }
    }
}
