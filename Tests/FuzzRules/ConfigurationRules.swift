import BursarCatalog
@testable import BursarConfiguration
import BursarHTTP
import BursarModel

@testable import BursarGateway

extension FuzzTarget {
    /// `bursar.yaml`.
    static let configuration = FuzzTarget(
        "configuration", home: "BursarGatewayTests", longest: 2_048,
        words: ConfigurationKey.all.map { $0.name + ": " } + [
            "${env:KEY}", "${file:/k}", "${exec:/bin/k a}", "${credential:c}", key, "- provider: ", "tensorpix", "hyper3d",
            "sunor", "30s",
            "24h", "250ms", "127.0.0.1:0", "unix:/s", "0.0.0.0:80", "[::1]:8", "http://127.0.0.1:9", "https://a.example/b",
            "true", "null",
            "10.0.0.0/8", "\n  ", "\n- ", "{", "}", "[", "]", "\"", "'", "|\n  ", "&a ", "*a", "!!x ", "# ", "<<: ", "? ",
            "---\n", "...\n", "é",
            String(repeating: "0f", count: 32), "2026-12-01", "allow: "
        ],
        seeds: { texts.map { Array($0.utf8) } }, checkConfiguration)

    private static let texts = [
        """
        listen: [127.0.0.1:8787, {address: "unix:/s", mode: "0600"}, {address: "[::1]:8", tls: true}]
        tls: {certificate: /c.pem, key: /k.pem}
        hosts: [a.example, "*.b.example"]
        accounts:
          - provider: tensorpix
            key: ${env:KEY}
          - {provider: hyper3d, name: studio, key: "${file:/k}", ttl: 60s, low: 50.25, base_url: "http://127.0.0.1:9000/h"}
          - {provider: sunor, key: \(key), refresh: 1m}
        defaults: {ttl: 30s, stale_for: 24h, timeout: 5s}
        providers: [./providers]
        passthrough: true
        log: {level: info, format: auto, access: true}
        drain: {delay: 0s, deadline: 8s}
        """,
        """
        allow_anonymous: true
        listen: 0.0.0.0:80
        trusted_proxies: [10.0.0.0/8, unix]
        secrets: {exec: true}
        upstream: {proxy: "http://127.0.0.1:3128"}
        limits: {connections: 100}
        store: memory
        accounts: [{provider: sunor, key: "${exec:/bin/k a}"}]
        clients:
          - {name: app, token_sha256: \(String(repeating: "0f", count: 32)), allow: [sunor], expires: 2027-01-01}
          - {name: ops, uid: 1000, admin: true}
        """,
        "{accounts: [{provider: sunor, key: \(key)}]}"
    ]
}

private let file = "bursar.yaml"
/// A key as people have them, which no message may quote wherever in the file somebody pasted it.
private let key = "Qz7wKx93LmTr52Vb"
private let resolved = ["kEy-of-env-4417", "kEy-of-file-4418", "kEy-of-command-4419"]
private let scrubber = Scrubber((resolved + [key]).map { Secret($0) })

private let builtIn: Catalog? = try? Catalog.builtIn()

private func read(_ bytes: [UInt8]) -> ConfigurationResult {
    let files: [String: [UInt8]] = [file: bytes, "/k": Array((resolved[1] + "\n").utf8), "/store": []]
    var sources = ConfigurationSources(
        environment: ["KEY": resolved[0]], home: "/home/op",
        readFile: { path, limit in
            guard let content = files[path] else { return .failure(.notFound) }
            return content.count > limit
                ? .failure(.tooLarge(limit: limit)) : .success(FileContent(bytes: content, permissions: 0o600))
        })
    sources.runCommand = { _, _ in .success(Array(resolved[2].utf8)) }
    sources.now = { WallTime(seconds: 1_795_219_200) }
    return ConfigurationReader(sources: sources, builtIn: builtIn).read(ConfigurationRequest())
}

private func checkConfiguration(_ bytes: [UInt8]) throws(BrokenRule) {
    let result = read(bytes)
    let hasErrors = result.diagnostics.contains { $0.severity == .error }
    try demand(
        (result.configuration == nil) == hasErrors && (result.exitCode != 0) == hasErrors,
        "no configuration and no error, or both")
    for diagnostic in result.diagnostics { try diagnostic.checkForm(file: file) }
    try checkSecrecy(result)
    let again = read(bytes)
    try demand(again.diagnostics == result.diagnostics && again.findings == result.findings, "read again, it says something else")
    if YAMLRewriting.takesLineBefore(bytes) {
        let lower = read([0x0A] + bytes)
        try demand(
            lower.diagnostics.map(\.withoutFigures) == result.diagnostics.map { $0.moved(byLines: 1, in: file).withoutFigures },
            "a line before it changes more than places")
    }
    guard let node = try? LocatedReader.yaml(bytes, file: file, limits: ConfigurationLimits.document) else { return }
    if let line = YAMLRewriting.inOneLine(node) { try checkSame(result, read(line), "in one line") }
    if result.configuration != nil, !bytes.contains(0x0D) {
        try checkSame(result, read(Array(bytes.map { $0 == 0x0A ? [0x0D, 0x0A] : [$0] }.joined())), "with CR LF")
    }
}

/// No key is told: neither one that was read from where it is kept, nor one that stands in the file, in its place or in another.
private func checkSecrecy(_ result: ConfigurationResult) throws(BrokenRule) {
    for diagnostic in result.diagnostics {
        try demand(!scrubber.finds(in: Array(diagnostic.description.utf8)), "a key in a message")
    }
    for finding in result.findings { try demand(!scrubber.finds(in: Array(finding.line.utf8)), "a key in a finding") }
    guard let configuration = result.configuration else { return }
    for account in configuration.accounts {
        let told = Scrubber([account.secret, account.password].compactMap(\.self))
        try demand(!told.finds(in: Array("\(account)".utf8)), "a key in a description")
    }
}

private func checkSame(_ first: ConfigurationResult, _ other: ConfigurationResult, _ how: String) throws(BrokenRule) {
    let words = first.diagnostics.map(\.withoutPlace).sorted()
    let others = other.diagnostics.map(\.withoutPlace).sorted()
    try demand(words == others, "\(how), it has other mistakes: \(Set(words).symmetricDifference(others))")
    try demand(
        first.findings.map(\.rule.rawValue).sorted() == other.findings.map(\.rule.rawValue).sorted(), "\(how), other findings")
    try demand(summary(first) == summary(other), "\(how), it says something else")
}

/// What `check` would print of an accepted one, without what has a place.
private func summary(_ result: ConfigurationResult) -> [Substring] {
    guard result.configuration != nil else { return [] }
    return CheckReport(result).text.split(separator: "\n").filter { !$0.hasPrefix(file + ":") }
}

extension Diagnostic {
    /// A message may name another line than its own.
    fileprivate var withoutFigures: Diagnostic {
        Diagnostic(
            severity: severity, file: file, line: line, column: column, message: message.filter { !$0.isNumber },
            hint: hint.map { $0.filter { !$0.isNumber } })
    }
}
