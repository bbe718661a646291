import ArgumentParser
import BursarText

/// `bursar retry`: has a provider asked at once, whatever it said or failed with before.
struct Retry: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "retry",
        abstract: "Have an account's provider asked at once, and print what comes of it.",
        discussion: """
            Examples:

              export BURSAR_URL=unix:/run/bursar/bursar.sock
              bursar retry sample/default

            Ends what holds the provider back: a cooldown, a rejected key, a pause
            after failures, an open circuit. Then asks it, and prints the row. For
            when the cause is gone; a provider that asked to wait meant it.

            This changes something: it is for clients with admin: true, or for root
            and the gateway's own user over its Unix socket.

            Exit codes:
              0   the provider gave a reading
              1   it failed again, or could not be asked
              64  no such account, or a provider alone that has several
              69  no gateway answers
              77  the gateway does not let you do that
            """
    )

    @OptionGroup var target: TargetOptions
    @Argument(help: ArgumentHelp("The account: provider/account, or a provider that has one.", valueName: "account"))
    var account: String

    /// Above the longest `timeout` that a configuration may name.
    private static let patience = Duration.seconds(330)

    func run() async throws {
        let path = try await target.path(of: account)
        let cleared = try await target.send("DELETE", "/v1/cooldowns/" + path)
        guard cleared.status == 204 else { throw target.tellRefusal(cleared) }
        let asked = ContinuousClock.now
        let answer = try await target.send("GET", "/v1/balances/" + path, [("cache-control", "no-cache")], timeout: Self.patience)
        guard let retried = RetryAnswer(json: answer.body, waited: asked.duration(to: .now)) else {
            throw target.tellRefusal(answer)
        }
        Terminal.answer(BalanceTable(retried.document.lines), now: retried.document.generatedAt)
        switch retried.outcome {
        case .read: return
        case .failed: break
        case .notAsked: Terminal.tell("The provider was not asked: `bursar explain \(account)\(target.asWords)` says why.")
        }
        throw ExitStatus.badAnswer
    }
}
