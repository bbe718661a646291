extension ConfigurationSources {
    /// The path under which ``demo(_:store:baseURL:)`` has its configuration.
    package static let demoPath = "demo.yaml"

    /// What `bursar demo` reads: one account a mock provider, through the same reader as a real configuration, so that the demo
    /// shows what a configuration does and not what a special case of it does.
    /// - Parameters:
    ///   - store: a file for as long as the demo runs.
    ///   - baseURL: where a provider's mock listens.
    package static func demo(_ providers: [String], store: String, baseURL: (String) -> String) -> ConfigurationSources {
        // Quiet: what a first run should show is balances, not log lines.
        let store = store.replacing("'", with: "''")
        var yaml = "log: {level: warning}\nstore: 'sqlite:\(store)'\naccounts:\n"
        for provider in providers {
            yaml += "  - {provider: \(provider), key: \"${env:DEMO_KEY}\", ttl: 5s, base_url: \"\(baseURL(provider))\"}\n"
        }
        let content = FileContent(bytes: Array(yaml.utf8))
        // A key that chooses no scenario, so that `PUT /_mock/{provider}` can.
        return ConfigurationSources(environment: ["DEMO_KEY": "demo-key"]) { path, _ in
            path == demoPath ? .success(content) : .failure(.notFound)
        }
    }
}
