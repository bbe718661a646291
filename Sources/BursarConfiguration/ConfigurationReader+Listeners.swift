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
            let whole = parser.document(content)
            // One that is no YAML any more was broken while the gateway served: its address stands there all the same.
            let root = whole ?? parser.document(FileContent(bytes: Self.listenAlone(content.bytes)))
            if let root, let entries = parser.entries(of: root, in: .root) {
                places = ListeningPlaces(
                    listeners: parser.listen(entries["listen"]).map(\.0),
                    proxyProtocol: parser.ranges(entries["proxy_protocol"], "proxy_protocol"))
            }
            if whole == nil, request.listen.isEmpty, places?.listeners.isEmpty ?? true {
                return .failure(
                    Diagnostic(
                        severity: .error, file: ShowableText.fileName(path),
                        message: "it is no YAML, and so does not say where the gateway listens; say it with --url"))
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

    /// The last `listen:` at the beginning of a line, with the lines that belong to it; nothing else.
    private static func listenAlone(_ content: [UInt8]) -> [UInt8] {
        var found: [Substring] = []
        var isInside = false
        for line in String(decoding: content, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false) {
            if line.hasPrefix("listen:") {
                (found, isInside) = ([line], true)
            } else if isInside, line.isEmpty || [" ", "-", "#"].contains(line.first) {
                found.append(line)
            } else {
                isInside = false
            }
        }
        return Array(found.joined(separator: "\n").utf8)
    }
}
