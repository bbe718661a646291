// swift-tools-version: 6.2
import PackageDescription

// The dependency list of each target *is* the architecture: docs/architecture.md says why each arrow exists.

// Warnings are errors where scripts/test builds, and only there: a newer compiler's new warning must not stop a user's build.
let strict: [SwiftSetting] = Context.environment["BURSAR_WARNINGS"] == "errors" ? [.treatAllWarnings(as: .error)] : []

let settings: [SwiftSetting] =
    [
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("MemberImportVisibility"),
        .enableUpcomingFeature("InternalImportsByDefault"),
        .enableUpcomingFeature("NonisolatedNonsendingByDefault")
    ] + strict

let nioCore: Target.Dependency = .product(name: "NIOCore", package: "swift-nio")
let nioPosix: Target.Dependency = .product(name: "NIOPosix", package: "swift-nio")
let nioHTTP1: Target.Dependency = .product(name: "NIOHTTP1", package: "swift-nio")
let nioEmbedded: Target.Dependency = .product(name: "NIOEmbedded", package: "swift-nio")
let nioTLS: Target.Dependency = .product(name: "NIOTLS", package: "swift-nio")
let nioSSL: Target.Dependency = .product(name: "NIOSSL", package: "swift-nio-ssl")
let argumentParser: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")
let unixSignals: Target.Dependency = .product(name: "UnixSignals", package: "swift-service-lifecycle")
let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")

let package = Package(
    name: "bursar",
    products: [
        .executable(name: "bursar", targets: ["bursar"]),
        .library(name: "BursarMocks", targets: ["BursarMocks"])
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-nio", from: "2.100.0"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.0"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0")
    ],
    targets: [
        // ground
        .target(name: "BursarBasics", swiftSettings: settings),
        .target(name: "BursarModel", dependencies: ["BursarBasics"], swiftSettings: settings),
        .systemLibrary(name: "CNghttp2", pkgConfig: "libnghttp2", providers: [.apt(["libnghttp2-dev"])]),
        .systemLibrary(name: "CNettle", pkgConfig: "nettle", providers: [.apt(["nettle-dev"])]),
        .systemLibrary(name: "CSQLite", pkgConfig: "sqlite3", providers: [.apt(["libsqlite3-dev"])]),
        .systemLibrary(name: "CYAML", pkgConfig: "yaml-0.1", providers: [.apt(["libyaml-dev"])]),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        .target(name: "CProcess"),
        .target(name: "BursarHash", dependencies: ["BursarBasics", "CNettle"], swiftSettings: settings),
        .target(name: "BursarSQLite", dependencies: ["CSQLite"], swiftSettings: settings),
        // pure
        .target(name: "BursarEngine", dependencies: ["BursarBasics", "BursarModel"], swiftSettings: settings),
        .target(
            name: "BursarCatalog", dependencies: ["BursarBasics", "BursarModel", "CYAML"], exclude: ["Definitions"],
            swiftSettings: settings, plugins: ["EmbedFiles"]),
        // Definitions, the page and the API's description, as tables of Swift.
        .plugin(name: "EmbedFiles", capability: .buildTool()),
        .target(name: "BursarInsight", dependencies: ["BursarBasics", "BursarModel"], swiftSettings: settings),
        .target(
            name: "BursarStream", dependencies: ["BursarBasics", "BursarModel", nioCore], swiftSettings: settings),
        // adapters
        .target(
            name: "BursarClient", dependencies: ["BursarBasics", "CZlib", nioCore, nioPosix, nioTLS, nioSSL],
            swiftSettings: settings),
        .target(
            name: "BursarUpstream",
            dependencies: [
                "BursarBasics", "BursarHash", "BursarModel", "BursarEngine", "BursarCatalog", "BursarClient", nioCore, nioPosix,
                nioSSL, logging
            ],
            swiftSettings: settings),
        .target(
            name: "BursarHTTP",
            dependencies: ["BursarBasics", "CNghttp2", "CZlib", "CProcess", nioCore, nioPosix, nioTLS, nioSSL],
            swiftSettings: settings),
        .target(
            name: "BursarStore",
            dependencies: ["BursarBasics", "BursarSQLite", "BursarModel", "BursarEngine", "BursarInsight", "CSQLite", logging],
            swiftSettings: settings),
        .target(
            name: "BursarDelivery",
            dependencies: [
                "BursarBasics", "BursarHash", "BursarModel", "BursarEngine", "BursarCatalog", "BursarInsight", "BursarClient"
            ],
            swiftSettings: settings),
        .target(
            name: "BursarProcess", dependencies: ["BursarBasics", "BursarModel", "CProcess", logging], swiftSettings: settings),
        // beside: what an operator wrote, read and checked; no server, no refresher
        .target(
            name: "BursarConfiguration",
            dependencies: ["BursarBasics", "BursarHash", "BursarModel", "BursarCatalog", "CProcess"], swiftSettings: settings),
        // beside: what people read, of rows and of a gateway's answers; no server either
        .target(name: "BursarText", dependencies: ["BursarBasics", "BursarModel", "BursarCatalog"], swiftSettings: settings),
        // composition
        .target(
            name: "BursarGateway",
            dependencies: [
                "BursarBasics", "BursarHash", "BursarModel", "BursarEngine", "BursarCatalog", "BursarConfiguration",
                "BursarInsight", "BursarStream", "BursarText", "BursarDelivery", "BursarClient",
                "BursarUpstream", "BursarStore", "BursarHTTP", "BursarProcess", "CProcess", nioCore, nioPosix, logging
            ],
            swiftSettings: settings, plugins: ["EmbedFiles"]),
        // beside
        .target(
            name: "BursarMocks",
            dependencies: ["BursarBasics", "BursarHash", "BursarModel", "BursarCatalog", "BursarHTTP", nioCore, nioPosix],
            swiftSettings: settings),
        // program
        .executableTarget(
            name: "bursar",
            dependencies: [
                "BursarBasics", "BursarModel", "BursarEngine", "BursarCatalog", "BursarConfiguration", "BursarGateway",
                "BursarHTTP",
                "BursarStore", "BursarText",
                "BursarUpstream", "BursarProcess", "BursarMocks", "CProcess", argumentParser,
                unixSignals, "BursarClient", logging, nioCore, nioPosix, nioSSL
            ],
            swiftSettings: settings),
        // what several test targets use
        .testTarget(
            name: "TestSupport",
            dependencies: [
                "BursarBasics", "BursarCatalog", "BursarClient", "BursarConfiguration", "BursarModel", "CZlib", nioCore, nioPosix
            ],
            swiftSettings: settings),
        .testTarget(name: "BursarProcessTests", dependencies: ["TestSupport", "BursarProcess", logging], swiftSettings: settings),
        .testTarget(
            name: "BursarStreamTests",
            dependencies: [
                "TestSupport", "BursarStream", "BursarBasics", "BursarCatalog", "BursarClient", "BursarModel", nioCore
            ],
            swiftSettings: settings),
        .testTarget(
            name: "BursarTextTests", dependencies: ["BursarText", "BursarBasics", "BursarCatalog", "BursarModel"],
            swiftSettings: settings),
        .testTarget(name: "BursarHashTests", dependencies: ["BursarHash"], swiftSettings: settings),
        .testTarget(
            name: "BursarSQLiteTests", dependencies: ["TestSupport", "BursarSQLite", "CSQLite"], swiftSettings: settings),
        .testTarget(name: "BursarBasicsTests", dependencies: ["BursarBasics"], swiftSettings: settings),
        .testTarget(
            name: "BursarConfigurationTests",
            dependencies: ["TestSupport", "BursarConfiguration", "BursarBasics", "BursarCatalog", "BursarModel", "FuzzRules"],
            swiftSettings: settings),
        .testTarget(
            name: "BursarModelTests", dependencies: ["BursarModel", "BursarBasics", "FuzzRules"], exclude: ["Corpus"],
            swiftSettings: settings),
        .testTarget(
            name: "BursarEngineTests", dependencies: ["TestSupport", "BursarEngine", "BursarBasics", "BursarModel", "FuzzRules"],
            exclude: ["Corpus"],
            swiftSettings: settings),
        .testTarget(
            name: "BursarCatalogTests", dependencies: ["BursarCatalog", "BursarBasics", "BursarModel", "FuzzRules"],
            exclude: ["Corpus"],
            swiftSettings: settings),
        .testTarget(
            name: "BursarClientTests",
            dependencies: ["BursarBasics", "BursarClient", "CZlib", "FuzzRules", nioCore, nioPosix, nioSSL],
            swiftSettings: settings
        ),
        .testTarget(
            name: "BursarInsightTests", dependencies: ["BursarBasics", "BursarInsight", "BursarModel"],
            swiftSettings: settings),
        .testTarget(
            name: "BursarUpstreamTests",
            dependencies: [
                "TestSupport", "BursarBasics", "BursarClient", "BursarUpstream", "BursarEngine", "BursarCatalog", "BursarMocks",
                "BursarHTTP", "BursarModel", nioCore, nioPosix,
                "FuzzRules", nioSSL, logging
            ],
            exclude: ["Corpus"], swiftSettings: settings),
        .testTarget(
            name: "BursarHTTPTests",
            dependencies: [
                "TestSupport", "BursarHTTP", "BursarBasics", "FuzzRules", "CNghttp2", nioCore, nioPosix, nioEmbedded, nioSSL
            ],
            exclude: ["Corpus"],
            swiftSettings: settings),
        .testTarget(
            name: "BursarMocksTests",
            dependencies: [
                "TestSupport", "BursarMocks", "BursarBasics", "BursarCatalog", "BursarModel", "BursarHTTP", nioCore, nioPosix
            ],
            swiftSettings: settings),
        .testTarget(
            name: "BursarStoreTests",
            dependencies: [
                "TestSupport", "BursarBasics", "BursarSQLite", "BursarStore", "BursarEngine", "BursarInsight", "BursarModel",
                "CSQLite",
                logging
            ],
            swiftSettings: settings),
        .testTarget(
            name: "BursarDeliveryTests",
            dependencies: [
                "BursarBasics",
                "BursarDelivery", "BursarInsight", "BursarModel", "BursarCatalog", "BursarClient", nioCore, nioPosix
            ], swiftSettings: settings),
        .testTarget(
            name: "BursarGatewayTests",
            dependencies: [
                "TestSupport", "BursarGateway", "BursarProcess", "BursarHash", "BursarBasics", "BursarConfiguration",
                "BursarMocks",
                "BursarUpstream",
                "BursarStore",
                "BursarHTTP", "BursarEngine", "BursarCatalog", "BursarInsight", "BursarText",
                "BursarModel", "FuzzRules", "BursarClient", nioCore, nioPosix, nioHTTP1, nioSSL, logging
            ],
            exclude: ["Corpus"], swiftSettings: settings)
    ],
    swiftLanguageModes: [.v6]
)

// What fuzzing checks, said once: plain tests and the fuzzer call the same functions. A program cannot depend on a test target,
// and a target that sees internals would break everyone's release build: so it is a test target except where the fuzzer is built.
let isFuzzing = Context.environment["BURSAR_FUZZ"] != nil
let rules: [Target.Dependency] = [
    "BursarBasics", "BursarConfiguration", "BursarModel", "BursarEngine", "BursarCatalog", "BursarUpstream", "BursarStore",
    "BursarClient", "BursarHTTP", "BursarGateway", "CNghttp2", nioCore, nioEmbedded
]
package.targets.append(
    isFuzzing
        ? .target(name: "FuzzRules", dependencies: rules, path: "Tests/FuzzRules", swiftSettings: settings)
        : .testTarget(name: "FuzzRules", dependencies: rules, path: "Tests/FuzzRules", swiftSettings: settings))

// The fuzzer links only with -sanitize=fuzzer, which scripts/fuzz says; every other build is without it.
if isFuzzing {
    package.products.append(.executable(name: "bursar-fuzz", targets: ["bursar-fuzz"]))
    package.targets.append(
        .executableTarget(name: "bursar-fuzz", dependencies: ["FuzzRules"], path: "Tests/Fuzz", swiftSettings: settings))
}

// SwiftPM finds tests by an index that the compiler makes beside, of every target. scripts/test has it made of the tests alone.
if let index = Context.environment["BURSAR_TEST_INDEX"] {
    for target in package.targets where target.type == .test {
        target.swiftSettings = settings + [.unsafeFlags(["-index-store-path", index, "-index-ignore-system-modules"])]
    }
}
