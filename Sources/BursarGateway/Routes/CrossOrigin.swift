import BursarCatalog
import BursarHTTP
import BursarModel

/// What web pages of other origins may do (Fetch, "CORS protocol"): read answers, where `cors` names their origin; else nothing, because
/// without a grant a browser keeps the answer from the page. *Value.* Pure.
///
/// A grant lets a page read; it gives it no right: the page needs a client token like everyone, and cookies do not exist here.
struct CrossOrigin: Sendable {
    private let origins: Set<String>
    /// What a page may send everywhere.
    private let requestHeaders: [String]
    private let catalog: Catalog

    init(origins: [String], catalog: Catalog) {
        self.origins = Set(origins)
        self.catalog = catalog
        // Those that are compiled anyway: the headers of all others are found when a page asks for a route of one.
        let own = catalog.addedIDs.compactMap { catalog[$0] }.flatMap(\.auth.headerNames)
        requestHeaders = Self.commonHeaders + Set(own).subtracting(Self.commonHeaders).sorted()
    }

    var isOff: Bool { origins.isEmpty }

    /// Beside what every page may send.
    private static let commonHeaders = [
        "authorization", PresentedToken.ownHeader, "cache-control", "if-none-match", "last-event-id", "pragma", "prefer"
    ]
    /// Beside what every page may read.
    private static let responseHeaders =
        "age, bursar-complete, bursar-request-id, cache-status, etag, ratelimit, ratelimit-policy, retry-after, www-authenticate"

    /// The origin of a request, where it has a grant.
    func granted(_ headers: HeaderFields) -> String? {
        guard !origins.isEmpty, let origin = headers["origin"], origins.contains(origin) else { return nil }
        return origin
    }

    /// The browser asks beforehand whether a page may send what it wants to; nil: this is no such question, or not from a listed origin.
    ///
    /// It is answered without a credential, because a browser sends none along, and says nothing of what exists.
    func preflight(_ request: Request) -> Response? {
        guard request.method == "OPTIONS", request.headers.contains("access-control-request-method"),
            let origin = granted(request.headers)
        else { return nil }
        var headers: HeaderFields = [
            "access-control-allow-origin": origin, "access-control-allow-methods": "GET, HEAD",
            "access-control-allow-headers": headerNames(for: request.path), "access-control-max-age": "600",
            "vary": "origin, access-control-request-method, access-control-request-headers", "cache-control": "no-store"
        ]
        // A page from a public address that wants to reach a private one (Private Network Access).
        if request.headers.says("access-control-request-private-network", "true") {
            headers["access-control-allow-private-network"] = "true"
        }
        return Response(status: 204, headers: headers)
    }

    /// On a provider's route also the headers that it takes a key in.
    private func headerNames(for path: String) -> String {
        var names = requestHeaders
        if let match = RouteTable.shared.match(path), match.endpoint.route == ProviderRoute.self, let name = match["provider"],
            let definition = ProviderID(name).flatMap({ catalog[$0] })
        {
            names += definition.auth.headerNames.filter { !names.contains($0) }
        }
        return names.joined(separator: ", ")
    }

    /// The answer with the grant. A prepared one is taken apart: its bytes stand ready without.
    func grant(_ response: Response, to origin: String) -> Response {
        var granted = response
        if let prepared = response.prepared {
            granted = Response(status: prepared.status, headers: prepared.headers, body: prepared.body)
            granted.age = prepared.age
            granted.closesConnection = response.closesConnection
        }
        granted.headers["access-control-allow-origin"] = origin
        granted.headers["access-control-expose-headers"] = Self.responseHeaders
        return granted
    }
}
