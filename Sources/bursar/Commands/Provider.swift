import ArgumentParser

/// `bursar provider`: for whoever writes a definition.
struct Provider: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Write a definition of a provider, or ask a provider with one.",
        discussion: """
            Examples:

              bursar provider new acme --from answer.json
              bursar provider try acme --config bursar.yaml
            """,
        subcommands: [ProviderNew.self, ProviderTry.self])
}
