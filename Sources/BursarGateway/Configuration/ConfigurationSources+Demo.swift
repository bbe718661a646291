extension ConfigurationSources {
    /// The path under which ``demo(_:baseURL:)`` has its configuration.
    package static let demoPath = "demo.yaml"

    /// What `bursar demo` reads: one account a mock provider, through the same reader as a real configuration, so that the demo
    /// shows what a configuration does and not what a special case of it does.
    /// - Parameter baseURL: where a provider's mock listens.
    package static func demo(_ providers: [String], baseURL: (String) -> String) -> ConfigurationSources {
        var yaml = "accounts:\n"
        for provider in providers {
            yaml += "  - {provider: \(provider), key: \"${env:DEMO_KEY}\", ttl: 5s, base_url: \"\(baseURL(provider))\"}\n"
        }
        let content = FileContent(bytes: Array(yaml.utf8))
        // A key that chooses a scenario: balances fall with each call, so that the page has something to show.
        return ConfigurationSources(environment: ["DEMO_KEY": "mock-drift"]) { path, _ in
            path == demoPath ? .success(content) : .failure(.notFound)
        }
    }
}
