package import BursarCatalog
package import BursarConfiguration
package import BursarModel

extension ConfigurationSources {
    /// A file system and an environment that exist in a test only.
    package static func memory(
        environment: [String: String] = [:], home: String? = nil, files: [String: String] = [:], permissions: UInt16? = 0o600
    ) -> ConfigurationSources {
        var sources = ConfigurationSources(
            environment: environment, home: home,
            readFile: { path, limit in
                guard let text = files[path] else {
                    return .failure(files.keys.contains { $0.hasPrefix(path + "/") } ? .isAFolder : .notFound)
                }
                let bytes = Array(text.utf8)
                return bytes.count > limit
                    ? .failure(.tooLarge(limit: limit)) : .success(FileContent(bytes: bytes, permissions: permissions))
            },
            listFolder: { path in
                if files[path] != nil { return .failure(.notAFolder) }
                let prefix = path + "/"
                let names = files.keys.filter { $0.hasPrefix(prefix) }.map { String($0.dropFirst(prefix.count)) }
                return names.isEmpty ? .failure(.notFound) : .success(names.filter { !$0.contains("/") })
            })
        sources.hasCertificates = { String(decoding: $0, as: UTF8.self).contains("-----BEGIN CERTIFICATE-----") }
        return sources
    }
}

extension Secret {
    /// What a test may do and the program may not.
    package var exposedText: String { withExposedBytes { String(decoding: $0, as: UTF8.self) } }
}

/// Reads `yaml` as `./bursar.yaml` beside a few keys that exist everywhere in these tests.
package func readConfiguration(
    _ yaml: String, environment: [String: String] = ["KEY": "abcdefgh-1", "OTHER_KEY": "abcdefgh-2"],
    files: [String: String] = ["/run/secrets/rodin": "abcdefgh-3\n"], permissions: UInt16? = 0o600,
    request: ConfigurationRequest = ConfigurationRequest()
) throws -> ConfigurationResult {
    let sources = ConfigurationSources.memory(
        environment: environment, home: "/home/op", files: files.merging(["bursar.yaml": yaml]) { $1 }, permissions: permissions)
    return ConfigurationReader(sources: sources, builtIn: try builtInCatalog.get()).read(request)
}

extension ConfigurationResult {
    /// `3:9: unknown provider …`, one line each.
    package var errors: [String] { lines(.error) }
    package var warnings: [String] { lines(.warning) }

    private func lines(_ severity: Diagnostic.Severity) -> [String] {
        diagnostics.filter { $0.severity == severity }.map {
            "\($0.line):\($0.column): \($0.message)" + ($0.hint.map { "; \($0)" } ?? "")
        }
    }
}

/// Made once: some tests read thousands of configurations.
package let builtInCatalog = Result { () throws(CatalogDiagnostics) in try Catalog.builtIn() }
