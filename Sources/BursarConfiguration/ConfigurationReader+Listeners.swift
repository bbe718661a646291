package import BursarBasics
package import BursarCatalog

/// Where `serve` would listen. *Value.* For a program that asks the gateway. Nothing else of the configuration is read: no key, and no
/// command runs.
package struct ListeningPlaces: Sendable {
    package let listeners: [ListenerSettings]
    /// Whose connections begin with a PROXY header.
    package let proxyProtocol: [AddressRange]

    /// Why that cannot be said.
    package enum Fault: Error {
        /// The file is not there, or cannot be read.
        case unreadable(Diagnostic)
        /// It is no YAML, and no line of it says where.
        case unclear(Diagnostic)
    }
}

extension ConfigurationReader {
    /// Looks for the file in the same order as ``read(_:)``.
    package func listeningPlaces(_ request: ConfigurationRequest) -> Result<ListeningPlaces, ListeningPlaces.Fault> {
        let named = request.path ?? sources.environment["BURSAR_CONFIG"].flatMap { $0.contains { !$0.isWhitespace } ? $0 : nil }
        let path = named ?? "bursar.yaml"
        let name = request.path != nil ? "--config" : named != nil ? "BURSAR_CONFIG" : nil
        var places: ListeningPlaces?
        switch sources.readFile(path, ConfigurationLimits.fileBytes) {
        case .failure(.notFound) where named == nil: break
        case .failure(let problem):
            return .failure(
                .unreadable(
                    Diagnostic(severity: .error, file: ShowableText.fileName(path), message: Self.words(problem, named: name))))
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
            if let why = whole.map({ Self.silence(of: $0) }) ?? "is no YAML", request.listen.isEmpty,
                places?.listeners.isEmpty ?? true
            {
                return .failure(
                    .unclear(
                        Diagnostic(
                            severity: .error, file: ShowableText.fileName(path),
                            message: "it \(why), and so does not say where the gateway listens; say it with --url")))
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

    /// Why a document of which no listener came does not even mean the standard one; nil: it does.
    private static func silence(of root: LocatedNode) -> String? {
        if root.isNull { return nil }
        guard root.pairs != nil else { return "is no mapping" }
        return root["listen"] == nil ? nil : "has a listen: that cannot be used"
    }

    /// The last `listen:` and `proxy_protocol:` that begin a line, with the lines that belong to them; nothing else.
    private static func listenAlone(_ content: [UInt8]) -> [UInt8] {
        var found: [String: [Substring]] = [:]
        var name: String?
        let text = String(decoding: content.filter { $0 != UInt8(ascii: "\r") }, as: UTF8.self)
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            if let key = ["listen", "proxy_protocol"].first(where: { line.hasPrefix($0 + ":") }) {
                (found[key], name) = ([line], key)
            } else if let key = name, line.isEmpty || " -#]}".contains(line.prefix(1)), !line.hasPrefix("---") {
                found[key]?.append(line)
            } else {
                name = nil
            }
        }
        return Array(found.values.joined().joined(separator: "\n").utf8)
    }
}
