package import BursarBasics
package import BursarCatalog

/// Where `serve` would listen. *Value.* For a program that asks the gateway. Nothing else of the configuration is read: no key, and no
/// command runs.
package struct ListeningPlaces: Sendable {
    package let listeners: [ListenerSettings]
    /// Whose connections begin with a PROXY header.
    package let proxyProtocol: [AddressRange]
}

extension ConfigurationReader {
    /// Looks for the file in the same order as ``read(_:)``.
    package func listeningPlaces(_ request: ConfigurationRequest) -> Result<ListeningPlaces, Diagnostic> {
        let named = request.path ?? sources.environment["BURSAR_CONFIG"].flatMap { $0.contains { !$0.isWhitespace } ? $0 : nil }
        let path = named ?? "bursar.yaml"
        let name = request.path != nil ? "--config" : named != nil ? "BURSAR_CONFIG" : nil
        var places: ListeningPlaces?
        switch sources.readFile(path, ConfigurationLimits.fileBytes) {
        case .failure(.notFound) where named == nil: break
        case .failure(let problem):
            return .failure(
                Diagnostic(severity: .error, file: ShowableText.fileName(path), message: Self.words(problem, named: name)))
        case .success(let content):
            var parser = ConfigurationParser(file: path, sources: sources)
            // Problems of the rest do not matter here: the gateway may be serving with an earlier configuration.
            if let root = parser.document(content), let entries = parser.entries(of: root, in: .root) {
                places = ListeningPlaces(
                    listeners: parser.listen(entries["listen"]).map(\.0),
                    proxyProtocol: parser.ranges(entries["proxy_protocol"], "proxy_protocol"))
            }
        }
        var parser = ConfigurationParser(file: path, sources: sources)
        let options = parser.listeners(request.listen.map { ($0, ConfigurationPlace(file: "--listen")) }).map(\.0)
        let listeners = options.isEmpty ? places?.listeners ?? [] : options
        return .success(
            ListeningPlaces(
                listeners: listeners.isEmpty ? [ListenerSettings(.standard)] : listeners,
                proxyProtocol: places?.proxyProtocol ?? []))
    }
}
