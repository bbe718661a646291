import ArgumentParser
import BursarConfiguration
import BursarGateway

/// Reads what a command needs of the configuration, and prints every problem of it.
enum ConfigurationLoading {
    /// Warnings go to stderr and the command goes on; errors end it with 66 or 78.
    /// - Parameter otherwise: what is said below the errors.
    static func load(
        _ request: ConfigurationRequest,
        otherwise: String = "Nothing was started. `bursar check` reads the same and calls nobody."
    ) throws -> Configuration {
        try checked(ConfigurationReader(sources: .program()).read(request), otherwise: otherwise)
    }

    static func checked(_ result: ConfigurationResult, otherwise: String = "Nothing was started.") throws -> Configuration {
        tell(result)
        guard let configuration = result.configuration else {
            Terminal.tell(otherwise)
            throw ExitCode(result.exitCode)
        }
        return configuration
    }

    static func tell(_ result: ConfigurationResult) {
        for diagnostic in result.diagnostics { Terminal.tell("\(diagnostic)") }
    }
}

/// `--config` and `--listen`, the same for every command that has them.
struct ConfigurationOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp("The configuration; else $BURSAR_CONFIG, ./bursar.yaml, or the environment alone.", valueName: "FILE"))
    var config: String?

    @Option(
        help: ArgumentHelp(
            "Listen here instead of where the configuration says; may be repeated. host:port or unix:/path.", valueName: "ADDR"))
    var listen: [String] = []

    @Flag(
        help: ArgumentHelp(
            "Listen also where others reach it although nobody must authenticate: for containers; whoever reaches it reads everything."
        ))
    var allowAnonymous = false

    /// An argument that is malformed is the command line's fault and not the configuration's: 64 and not 78.
    func validate() throws {
        for text in listen { try ListenArgument.check(text) }
    }

    var request: ConfigurationRequest {
        ConfigurationRequest(path: config, listen: listen, allowAnonymous: allowAnonymous)
    }
}
