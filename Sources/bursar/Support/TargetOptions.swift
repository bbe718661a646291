import ArgumentParser

/// Which running gateway a command asks.
struct TargetOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The gateway: http://host:port or unix:/path/to.sock.", valueName: "URL"))
    var url = "http://127.0.0.1:8787"

    /// Prints why and exits with 69 where nothing answers.
    func get(_ path: String, timeout: Duration = .seconds(30)) async throws -> GatewayClient.Answer {
        do {
            return try await GatewayClient(base: url).get(path, timeout: timeout)
        } catch {
            Terminal.tell("error: \(error)")
            throw ExitStatus.unavailable
        }
    }
}
