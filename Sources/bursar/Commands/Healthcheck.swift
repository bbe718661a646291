import ArgumentParser

/// `bursar healthcheck`: for container images without curl.
struct Healthcheck: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Exit 0 when a gateway is ready, 69 when it is not.",
        discussion: """
            Example, in a Dockerfile:

              HEALTHCHECK CMD ["bursar", "healthcheck"]

            Asks GET /readyz, which never asks a provider.
            """
    )

    @OptionGroup var target: TargetOptions

    func run() async throws {
        let answer = try await target.get("/readyz", timeout: .seconds(3))
        guard answer.status == 200 else {
            Terminal.tell("\(target.url) is not ready (status \(answer.status))")
            throw ExitStatus.unavailable
        }
    }
}
