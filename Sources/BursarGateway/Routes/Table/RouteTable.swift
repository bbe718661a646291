import BursarBasics

/// All endpoints, and which of them a path belongs to. *Immutable; any thread.*
///
/// Whatever has to know a route reads this table: the responder, the metrics, the log, the access matrix and the test of
/// docs/openapi.yaml. A path without names is looked up; those with names are few and are tried in order.
struct RouteTable: Sendable {
    static let shared = RouteTable(Endpoint.all)

    let endpoints: [Endpoint]
    /// Each once; the last is for paths that nothing answers to.
    let labels: [String]
    /// Of the server as a whole: what `OPTIONS *` asks for.
    let methods: [String]
    /// For people: everything that could be asked.
    let summary: String
    /// The segments of paths that are words of ours.
    let words: Set<Substring>

    private let literals: [String: Int]
    private let patterns: [Int]
    /// By endpoint, as places in `labels`.
    private let labelPlaces: [Int]

    init(_ endpoints: [Endpoint]) {
        self.endpoints = endpoints
        let indices = endpoints.indices
        literals = Dictionary(
            indices.filter { endpoints[$0].pattern.isLiteral }.map { (endpoints[$0].pattern.text, $0) },
            uniquingKeysWith: { first, _ in first })
        patterns = indices.filter { !endpoints[$0].pattern.isLiteral }
        var labels: [String] = []
        labelPlaces = endpoints.map { endpoint in
            if let place = labels.firstIndex(of: endpoint.label) { return place }
            labels.append(endpoint.label)
            return labels.count - 1
        }
        self.labels = labels + ["other"]
        let all = Set(endpoints.flatMap(\.methods))
        methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"].filter(all.contains)
        words = Set(
            endpoints.flatMap { $0.pattern.text.split(separator: "/").filter { !$0.contains("{") } })
        summary =
            "There are "
            + endpoints.filter { $0.operations.contains { $0.id != nil } || !$0.pattern.isLiteral }.map { endpoint in
                let methods = endpoint.methods.dropLast()
                return endpoint.pattern.text + (methods.contains("GET") ? "" : " (\(methods.joined(separator: ", ")))")
            }.joined(separator: ", ") + "."
    }

    /// - Parameter path: the path of the request target, without the query, as it was sent.
    /// - Returns: nil where nothing answers to that path; a trailing slash is significant everywhere.
    func match(_ path: String) -> RouteMatch? {
        if let index = literals[path] { return RouteMatch(endpoint: endpoints[index], index: index, values: []) }
        let isEscaped = path.utf8.contains(UInt8(ascii: "%"))
        guard let decoded = isEscaped ? Self.percentDecoded(path) : path else { return nil }
        for index in patterns {
            let pattern = endpoints[index].pattern
            // Escapes may stand in names and not in our own words: who guards `/v1/cooldowns` in front of us guards it in one spelling.
            if isEscaped, !pattern.begins(path) { continue }
            if let values = pattern.match(decoded) {
                return RouteMatch(endpoint: endpoints[index], index: index, values: values)
            }
        }
        return nil
    }

    func label(_ path: String) -> RouteLabel {
        RouteLabel(place: match(path).map { labelPlaces[$0.index] } ?? labels.count - 1)
    }

    /// What answers each endpoint within a scope; endpoints of the same kind share one.
    func routes(of parts: RouteParts) -> [any Route] {
        var made: [ObjectIdentifier: any Route] = [:]
        return endpoints.map { endpoint in
            let kind = ObjectIdentifier(endpoint.route)
            if let route = made[kind] { return route }
            let route = endpoint.route.init(endpoint.isKeptHot ? parts : parts.keepingNothingHot)
            made[kind] = route
            return route
        }
    }

    /// Clients may write `@` as `%40`. A `%2F` stays refused: it would make one segment look like two.
    private static func percentDecoded(_ path: String) -> String? {
        guard let bytes = percentDecodedBytes(path.utf8) else { return nil }
        guard !bytes.contains(where: { $0 < 0x20 || $0 == 0x7F }), !bytes.elementsEqual(path.utf8) else { return nil }
        guard bytes.filter({ $0 == 0x2F }).count == path.utf8.filter({ $0 == 0x2F }).count else { return nil }
        return String(validating: bytes, as: UTF8.self)
    }
}

/// The endpoint of a path, and what the names in it stand for. *Value.*
struct RouteMatch: Sendable {
    let endpoint: Endpoint
    /// Its place in the table.
    let index: Int
    fileprivate let values: [Substring]

    fileprivate init(endpoint: Endpoint, index: Int, values: [Substring]) {
        self.endpoint = endpoint
        self.index = index
        self.values = values
    }

    /// As the caller wrote it, decoded; nil where the pattern has no such name.
    subscript(name: String) -> String? {
        endpoint.pattern.names.firstIndex(of: name).map { String(values[$0]) }
    }
}

/// A route as metrics and the log name it: one of a closed set, so that no caller can make series. *Value.*
struct RouteLabel: Sendable, Hashable {
    /// In ``RouteTable/labels``.
    let place: Int

    /// Of paths that nothing answers to.
    static let other = RouteLabel(place: RouteTable.shared.labels.count - 1)

    var text: String { RouteTable.shared.labels[place] }
}
