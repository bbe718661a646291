import BursarCatalog
@testable import BursarConfiguration
import BursarModel
import Foundation
import Testing

/// The repository checks itself: what Package.swift cannot forbid is forbidden here.
@Suite struct ArchitectureTests {
    private static let root = URL(filePath: #filePath).appending(path: "../../../../").standardizedFileURL

    private static func sources(of target: String) throws -> [(path: String, text: String)] {
        try files(below: "Sources/\(target)")
    }

    private static func files(below folder: String) throws -> [(path: String, text: String)] {
        let folder = root.appending(path: folder)
        let paths = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)?.compactMap { $0 as? URL } ?? []
        return try paths.filter { $0.pathExtension == "swift" }.map {
            ($0.path().replacing(root.path(), with: ""), try String(contentsOf: $0, encoding: .utf8))
        }
    }

    private static func imports(in text: String) -> [String] {
        text.split(separator: "\n").filter { $0.contains("import ") }.compactMap { line in
            line.firstMatch(
                of:
                    /^\s*(?:package |public |internal |private |fileprivate )?(?:@\w+ )?import (?:struct |class |enum |func )?(\w+)/
            )
            .map { String($0.1) }
        }
    }

    private static let system: Set<String> = ["Synchronization", "Dispatch", "Glibc"]

    /// What each target may import; a target that is not here fails the test.
    private static let allowed: [String: Set<String>] = [
        "BursarBasics": [],
        "BursarHash": ["BursarBasics", "CNettle"],
        "BursarModel": ["BursarBasics"],
        "BursarEngine": ["BursarBasics", "BursarModel"],
        "BursarCatalog": ["BursarBasics", "BursarModel", "CYAML"],
        // no server, no refresher, no NIO
        "BursarConfiguration": ["BursarBasics", "BursarModel", "BursarCatalog", "BursarHash", "CProcess", "Foundation"],
        // no server, no engine: of rows and of a gateway's JSON
        "BursarText": ["BursarBasics", "BursarModel", "BursarCatalog"],
        "BursarClient": ["BursarBasics", "CZlib", "NIOCore", "NIOPosix", "NIOTLS", "NIOSSL"],
        "BursarInsight": ["BursarBasics", "BursarModel"],
        // no HTTP: a piece is bytes, whoever frames them
        "BursarStream": ["BursarBasics", "BursarModel", "NIOCore"],
        // no requests, no balances
        "BursarProcess": ["BursarBasics", "BursarModel", "CProcess", "Logging", "Foundation"],
        "BursarUpstream": [
            "BursarBasics", "BursarHash", "BursarModel", "BursarEngine", "BursarCatalog", "BursarClient", "NIOCore", "NIOPosix",
            "NIOSSL", "Logging"
        ],
        "BursarDelivery": [
            "BursarBasics", "BursarHash", "BursarModel", "BursarEngine", "BursarCatalog", "BursarInsight", "BursarClient"
        ],
        "BursarSQLite": ["CSQLite"],
        "BursarStore": [
            "BursarBasics", "BursarModel", "BursarEngine", "BursarInsight", "BursarSQLite", "CSQLite", "Logging", "Foundation"
        ],
        "BursarHTTP": ["BursarBasics", "CNghttp2", "CZlib", "CProcess", "NIOCore", "NIOPosix", "NIOTLS", "NIOSSL"],
        "BursarGateway": [
            "BursarBasics", "BursarModel", "BursarEngine", "BursarCatalog", "BursarConfiguration", "BursarInsight",
            "BursarUpstream", "BursarDelivery", "BursarClient", "BursarStream", "BursarText", "BursarProcess",
            "BursarStore", "BursarHTTP", "BursarHash", "CProcess", "NIOCore", "NIOPosix", "Logging", "Foundation"
        ],
        "BursarMocks": ["BursarBasics", "BursarModel", "BursarCatalog", "BursarHTTP", "BursarHash", "NIOCore", "NIOPosix"],
        "bursar": [
            "BursarBasics", "BursarModel", "BursarEngine", "BursarCatalog", "BursarConfiguration", "BursarGateway", "BursarHTTP",
            "BursarStore", "BursarText",
            "BursarUpstream", "BursarProcess", "BursarMocks", "CProcess", "ArgumentParser",
            "UnixSignals", "BursarClient", "Foundation", "Logging", "NIOCore", "NIOPosix", "NIOSSL"
        ]
    ]

    @Test func `each target imports what the architecture allows and nothing else`() throws {
        let targets = try FileManager.default.contentsOfDirectory(atPath: Self.root.appending(path: "Sources").path())
        for target in targets where !target.hasPrefix("C") {
            let allowed = try #require(Self.allowed[target], "\(target) is a new target: say here what it may import").union(
                Self.system)
            for file in try Self.sources(of: target) {
                for module in Self.imports(in: file.text) { #expect(allowed.contains(module), "\(file.path) imports \(module)") }
            }
        }
    }

    @Test func `no provider's name stands outside its definition`() throws {
        let names = Set(try Catalog.builtIn().definitions.flatMap { [$0.id.name, $0.title.lowercased()] })
        // A word that was ours before a provider of that name came says nothing of the provider.
        let ourWords: Set = ["runway"]
        #expect(ourWords.isSubset(of: names), "a word that no provider has needs no exception")
        for target in Self.allowed.keys {
            for file in try Self.sources(of: target)
            where !file.path.contains("/Definitions/") && !Self.examples.contains(file.path) {
                let code = file.text.split(separator: "\n").filter { !$0.trimmingCharacters(in: .whitespaces).hasPrefix("//") }
                    .joined(separator: "\n").lowercased()
                // Whole words: some names are short, or part of ours.
                let words = Set(code.split { !$0.isLetter && !$0.isNumber && $0 != "-" })
                for name in names.subtracting(ourWords) where words.contains(Substring(name)) {
                    Issue.record("\(file.path) names \(name)")
                }
            }
        }
    }

    /// Help texts show real commands; they are documentation.
    private static let examples: Set<String> = [
        "Sources/bursar/Bursar.swift", "Sources/bursar/Commands/Balances.swift", "Sources/bursar/Commands/Demo.swift",
        "Sources/bursar/Commands/Mock.swift", "Sources/bursar/Commands/Providers.swift", "Sources/bursar/Commands/Serve.swift",
        "Sources/bursar/Commands/Token.swift"
    ]

    @Test func `a credential is opened only where it belongs`() throws {
        let allowed: Set<String> = [
            // itself, and who must recognise one in text
            "Sources/BursarModel/Secret.swift", "Sources/BursarModel/Redaction/Scrubber.swift",
            "Sources/BursarModel/Redaction/ScrubberBox.swift",
            "Sources/BursarModel/Redaction/SecretForm.swift",
            // the request head and the keyed digest
            "Sources/BursarCatalog/Definition/AuthPlan.swift", "Sources/BursarUpstream/Calls/AuthPlan+Secrets.swift",
            "Sources/BursarUpstream/CredentialKeys.swift",
            // the proxy's authorization
            "Sources/BursarUpstream/HTTP/UpstreamSettings.swift",
            // the key of the digests, which is no credential, is kept beside them
            "Sources/BursarStore/SQLite/SQLiteStore.swift",
            // a target's address, what signs a message, and what lets one publish
            "Sources/BursarDelivery/DeliveryTarget.swift", "Sources/BursarDelivery/Messages/WebhookMessage.swift",
            "Sources/BursarDelivery/Messages/NtfyMessage.swift",
            // where it is read and checked
            "Sources/BursarConfiguration/Parser/ConfigurationParser+Targets.swift",
            "Sources/BursarConfiguration/Targets/WebhookSecret.swift",
            "Sources/BursarConfiguration/Secrets/SecretResolver.swift",
            "Sources/BursarConfiguration/Parser/ConfigurationParser+Secrets.swift",
            "Sources/BursarConfiguration/Parser/ConfigurationParser+Accounts.swift",
            // a client token, which is told from a key before it could go anywhere
            "Sources/BursarConfiguration/Clients/ClientToken.swift",
            // mocks look at the keys that they are sent: they choose the scenario
            "Sources/BursarMocks/KeyFingerprint.swift", "Sources/BursarMocks/EchoedKey.swift",
            "Sources/BursarMocks/MockDesk.swift"
        ]
        for target in Self.allowed.keys {
            for file in try Self.sources(of: target) where file.text.contains("withExposedBytes") {
                #expect(allowed.contains(file.path), "\(file.path) opens a Secret")
            }
        }
    }

    @Test func `money never becomes a binary float`() throws {
        for target in [
            "BursarBasics", "BursarModel", "BursarEngine", "BursarCatalog", "BursarConfiguration", "BursarGateway",
            "BursarUpstream",
            "BursarStore", "BursarInsight", "BursarStream", "BursarText", "BursarDelivery"
        ] {
            for file in try Self.sources(of: target) {
                let code = file.text.split(separator: "\n").filter { !$0.trimmingCharacters(in: .whitespaces).hasPrefix("//") }
                for line in code where line.contains("Double") || line.contains("Float") {
                    #expect(line.firstMatch(of: /\b(Double|Float|CGFloat|Float80)\b/) == nil, "\(file.path): \(line)")
                }
            }
        }
    }

    /// The few that are longer, each with the lines that it may have: one thing that reads better whole.
    private static let longFiles: [String: Int] = [
        "Sources/BursarHTTP/HTTP1/HTTP1Handler.swift": 360,
        "Sources/BursarStore/Keeper/StoreKeeper.swift": 360
    ]

    /// libdispatch's threads are few, and the tasks of all tests run on them.
    @Test func `no test blocks a thread of libdispatch`() throws {
        // In two parts, or this file would have it.
        let queue = "DispatchQueue" + ".global"
        let files = try Self.files(below: "Tests")
        #expect(files.count > 100)
        for file in files where file.text.contains(queue) {
            Issue.record("\(file.path): onOwnThread is there for what blocks")
        }
    }

    @Test func `files stay small`() throws {
        for target in Self.allowed.keys {
            for file in try Self.sources(of: target) where !file.path.contains("/Definitions/") {
                let lines = file.text.split(separator: "\n", omittingEmptySubsequences: false).count - 1
                let most = Self.longFiles[file.path] ?? 300
                #expect(lines <= most, "\(file.path) has \(lines) lines, and \(most) are the most")
            }
        }
    }
}
