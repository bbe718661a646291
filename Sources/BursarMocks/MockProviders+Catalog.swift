package import BursarCatalog
package import BursarHTTP
internal import BursarModel

extension MockProviders {
    /// Starts the mocks of all built-in definitions and of further ones.
    /// - Parameters:
    ///   - host: an IP address; loopback unless other machines are meant to call.
    ///   - port: 0 for any free one.
    ///   - definitions: files, or folders with files, as `providers:` of a configuration names them.
    ///   - latency: waited before every answer of a provider, on top of what a scenario waits.
    ///   - clock: what waits. With a clock that a test moves, `slow-30s` takes no time.
    /// - Throws: ``MockError/definitions(_:)`` or ``MockError/cannotListen(_:)``.
    public static func start(
        host: String = "127.0.0.1", port: Int = 0, definitions: [String] = [], latency: Duration = .zero,
        clock: any Clock<Duration> = ContinuousClock()
    ) async throws(MockError) -> MockProviders {
        try await start(
            catalog: try catalog(definitions), listeners: [.tcp(host: host, port: port)], latency: latency, clock: clock)
    }

    /// The same for a catalog that is already read: `bursar mock` and `bursar demo`.
    package static func start(
        catalog: Catalog, listeners: [ListenerSource] = [.tcp(host: "127.0.0.1", port: 0)], latency: Duration = .zero,
        clock: any Clock<Duration> = ContinuousClock()
    ) async throws(MockError) -> MockProviders {
        try await start(
            shelf: MockShelf(catalog), listeners: listeners, latency: latency, clock: clock)
    }

    private static func catalog(_ paths: [String]) throws(MockError) -> Catalog {
        var files: [DefinitionFile] = []
        for path in paths {
            do throws(Diagnostic) {
                files += try DefinitionFolder.files(at: path)
            } catch {
                throw .definitions([error.description])
            }
        }
        do throws(CatalogDiagnostics) {
            return try Catalog.builtIn().adding(files)
        } catch {
            throw .definitions(error.diagnostics.map { $0.description })
        }
    }
}
