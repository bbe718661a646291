import ArgumentParser
import BursarConfiguration
import BursarText

/// `bursar alert`: who is told what.
struct Alert: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "List alerts and targets, test a target, mute an account.",
        discussion: """
            Examples:

              bursar alert list
              bursar alert test ops
              bursar alert mute sample/default --for 2h
              bursar alert unmute sample/default
              bursar alert secret

            test, mute and unmute change something: the gateway lets clients with admin: true do that, or root and its own user over
            its Unix socket (--url unix:/run/bursar/bursar.sock). Anyone else gets exit code 77.
            """,
        subcommands: [AlertList.self, AlertTest.self, AlertMute.self, AlertUnmute.self, AlertSecret.self],
        defaultSubcommand: AlertList.self)
}

/// `bursar alert list`: how every rule and every target stands.
struct AlertList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List how every rule and every target stands.",
        discussion: """
            Example:

              bursar alert list
              bursar alert list --json

            It asks the gateway and no provider.
            """)

    @OptionGroup var target: TargetOptions
    @Flag(help: "Print the gateway's JSON as it is.") var json = false

    func run() async throws {
        let answer = try await target.get("/v1/alerts")
        if json { try target.showJSON(answer) }
        guard answer.status == 200, let listing = AlertListAnswer(json: answer.body) else { throw target.tellRefusal(answer) }
        if !json { Terminal.answer(listing.text) }
    }
}

/// `bursar alert test`: sends a test to targets.
struct AlertTest: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "test",
        abstract: "Send a test to one target, or to each, and say how it was taken.",
        discussion: """
            Example:

              bursar alert test ops

            Exit code 0 where each took it, 1 where one did not, 64 where there is no such target, 69 where no gateway answers.
            """)

    @OptionGroup var target: TargetOptions
    @Argument(help: ArgumentHelp("The target's name; else all.", valueName: "target")) var name: String?

    func run() async throws {
        let path = "/v1/alerts/test" + (name.map { "?target=" + QueryText.escaped($0) } ?? "")
        let answer = try await target.send("POST", path, timeout: .seconds(90))
        guard answer.status == 200, let tested = AlertTestAnswer(json: answer.body) else { throw target.tellRefusal(answer) }
        Terminal.answer(tested.text)
        if !tested.allDelivered { throw ExitStatus.badAnswer }
    }
}

/// `bursar alert mute`: nothing is told of an account for a while.
struct AlertMute: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "mute",
        abstract: "Tell nothing of an account for a while; at the end what differs is told.",
        discussion: """
            Example:

              bursar alert mute sample/default --for 2h
            """)

    @OptionGroup var target: TargetOptions
    @Argument(help: ArgumentHelp("The account: provider/account, or a provider that has one.", valueName: "account"))
    var account: String
    @Option(name: .customLong("for"), help: ArgumentHelp("How long, 30d at most: 30m, 2h, 3d.", valueName: "TIME"))
    var length: String

    func run() async throws {
        let path = "/v1/alerts/mutes/\(try await target.path(of: account))?for=\(QueryText.escaped(length))"
        let answer = try await target.send("PUT", path)
        guard answer.status == 200, let until = AlertMuteAnswer(json: answer.body) else { throw target.tellRefusal(answer) }
        Terminal.answer(until.text)
    }
}

/// `bursar alert unmute`: ends a mute.
struct AlertUnmute: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "unmute",
        abstract: "Tell of an account again.",
        discussion: """
            Example:

              bursar alert unmute sample/default
            """)

    @OptionGroup var target: TargetOptions
    @Argument(help: ArgumentHelp("The account: provider/account, or a provider that has one.", valueName: "account"))
    var account: String

    func run() async throws {
        let path = try await target.path(of: account)
        let answer = try await target.send("DELETE", "/v1/alerts/mutes/" + path)
        guard answer.status == 204 else { throw target.tellRefusal(answer) }
        // Whether it was before, the gateway does not say.
        Terminal.answer("\(path) is not muted\n")
    }
}

/// `bursar alert secret`: a new secret for a webhook.
struct AlertSecret: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "secret",
        abstract: "Print a new secret for a webhook: whsec_ and 32 random bytes.",
        discussion: """
            Example:

              bursar alert secret > /run/secrets/ops-webhook
            """)

    func run() throws {
        var random = SystemRandomNumberGenerator()
        Terminal.answer(WebhookSecret.random(using: &random) + "\n")
    }
}
