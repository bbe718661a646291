import ArgumentParser
import BursarCatalog
import BursarConfiguration
import BursarGateway
import BursarModel

/// `bursar token`: keys that Bursar gives to its own callers.
struct Token: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Make tokens for the programs that ask this gateway.",
        discussion: """
            Example:

              bursar token new --name billing --allow tensorpix
            """,
        subcommands: [New.self])
}

extension Token {
    /// `bursar token new`: prints a new client token once, and the configuration lines that admit it.
    struct New: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Print a new client token once, and the lines of the configuration that admit it.",
            discussion: """
                Examples:

                  bursar token new --name billing --allow tensorpix \\
                    --allow hyper3d/studio --expires 2027-06-30
                  bursar token new --name ci --allow '*' > ci.token

                The token alone goes to standard output, the lines for `clients:` to standard error. Only its SHA-256 is written into the
                configuration; the token itself is kept nowhere and cannot be shown again.
                Exit codes: 0 ok, 64 usage, 74 the token could not be written.
                """
        )

        @Option(help: ArgumentHelp("What the client is called.", valueName: "N")) var name: String
        @Option(
            help: ArgumentHelp(
                "A provider, or one account of it, that the client may see; may be repeated. '*' for everything, also where there is none.",
                valueName: "P[/A]"))
        var allow: [String] = []
        @Flag(help: "The client may reload the configuration, clear cooldowns, and test and mute alerts.") var admin = false
        @Flag(help: "The client may use keys of its own on provider routes.") var passthrough = false
        @Option(help: ArgumentHelp("The last day, in UTC, or the time at which it ends.", valueName: "DATE")) var expires: String?

        func validate() throws {
            guard AccountName(name) != nil else {
                throw ValidationError("--name takes 1 to 64 of A-Z a-z 0-9 . _ -, beginning with a letter or digit.")
            }
            for element in allow where !Self.isAllowable(element) {
                throw ValidationError("--allow takes a provider, provider/account, or '*'.")
            }
            guard let expires else { return }
            guard let end = ExpiryText.parse(expires) else { throw ValidationError("--expires takes \(ExpiryText.expectation).") }
            guard end > WallTime.now() else { throw ValidationError("--expires is a time that is over.") }
        }

        func run() {
            let token = ClientToken.random()
            Terminal.tell(lines(token.digest))
            Terminal.answer(token.text + "\n")
        }

        private func lines(_ digest: TokenDigest) -> String {
            var lines = ["clients:", "  - name: \(Self.written(name))", "    token_sha256: \(digest.hex)"]
            let allowed = allow.isEmpty || allow.contains("*") ? "\"*\"" : "[\(allow.map(Self.written).joined(separator: ", "))]"
            lines.append("    allow: \(allowed)" + (allow.isEmpty ? "   # everything: name providers here to allow less" : ""))
            if admin { lines.append("    admin: true") }
            if passthrough { lines.append("    passthrough: true") }
            if let expires { lines.append("    expires: \(expires)") }
            return "Add to the configuration, and reload:\n\n" + lines.joined(separator: "\n")
                + "\n\nThe token, shown this once:"
        }

        /// A name that YAML takes for nothing is one in quotes.
        private static func written(_ name: String) -> String { name.lowercased() == "null" ? "\"\(name)\"" : name }

        private static func isAllowable(_ text: String) -> Bool {
            if text == "*" { return true }
            let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
            return ProviderID(parts[0]) != nil && (parts.count == 1 || AccountName(parts[1]) != nil)
        }
    }
}
