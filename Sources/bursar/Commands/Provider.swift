import ArgumentParser

/// `bursar provider`: for whoever writes a definition.
struct Provider: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Write a definition of a provider, or ask a provider with one.",
        subcommands: [ProviderNew.self, ProviderTry.self])
}
