import BursarModel

@testable import BursarGateway

extension ConfigurationSources {
    /// A file system and an environment that exist in a test only.
    static func memory(
        environment: [String: String] = [:], home: String? = nil, files: [String: String] = [:], permissions: UInt16? = 0o600
    ) -> ConfigurationSources {
        ConfigurationSources(
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
    }
}

extension Secret {
    /// What a test may do and the program may not.
    var exposedText: String { withExposedBytes { String(decoding: $0, as: UTF8.self) } }
}
