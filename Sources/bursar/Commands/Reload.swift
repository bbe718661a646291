import ArgumentParser
import BursarText

/// `bursar reload`: has the gateway read its configuration again, and says what came of it.
struct Reload: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reload",
        abstract: "Have the gateway read its configuration again, and print what changed.",
        discussion: """
            Examples:

              export BURSAR_URL=unix:/run/bursar/bursar.sock
              bursar reload

            It reads files, secrets and certificates where the gateway runs, as
            SIGHUP does. One that is wrong changes nothing, and every problem is
            printed with its place.

            This changes something: it is for clients with admin: true and allow: "*",
            or for root and the gateway's own user over its Unix socket.

            Exit codes:
              0   another configuration is in force, or the same again
              69  no gateway answers, or it has nothing to read: the demo
              77  the gateway does not let you do that
              78  the configuration is wrong, and the old one stays
            """
    )

    @OptionGroup var target: TargetOptions

    /// Every file and every command of the configuration has its own limit; one that hangs must not look like a gateway that is away.
    private static let patience = Duration.seconds(90)

    func run() async throws {
        let answer = try await target.send("POST", "/admin/reload", timeout: Self.patience)
        switch ReloadAnswer(status: answer.status, json: answer.body) {
        case .applied(let text): Terminal.answer(text)
        case .refused(let problems):
            for problem in problems { Terminal.tell(problem) }
            Terminal.tell("The configuration is wrong, and the old one stays.")
            throw ExitStatus.configuration
        case nil: throw target.tellRefusal(answer)
        }
    }
}
