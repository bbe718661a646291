import BursarBasics
import BursarModel

/// What a path asks for. *Value.* Pure: reading a path consults neither the catalog nor the configuration.
enum Route: Equatable, Sendable {
    /// `/v1/balances`, `/v1/balances/{provider}`, `/v1/balances/{provider}/{account}`; names as the caller wrote them.
    case balances(provider: String?, account: String?)
    /// `/providers/{provider}{documentedPath}` or `/providers/{provider}@{account}{documentedPath}`.
    case provider(name: String, account: String?, documentedPath: String)
    case providers
    case status
    /// `/v1/balances/{provider}/{account}/history`
    case history(provider: String, account: String)
    /// `/v1/guard`
    case guarding
    /// `/v1/claims`
    case claims
    /// `/v1/claims/{id}`
    case claim(id: String)
    /// `/v1/explain/{provider}/{account}`
    case explain(provider: String, account: String)
    /// `/v1/cooldowns/{provider}/{account}`
    case cooldown(provider: String, account: String)
    /// `/admin/reload`
    case reload
    case live
    case ready
    case openAPI
    case metrics
    /// A file of the page, by its path: `/`, `/page.js`.
    case page(String)

    /// - Parameter path: the path of the request target, without the query.
    /// - Returns: nil where nothing answers to that path; a trailing slash is significant everywhere.
    init?(path: String) {
        switch path {
        case "/v1/balances": self = .balances(provider: nil, account: nil)
        case "/v1/providers": self = .providers
        case "/v1/status": self = .status
        case "/v1/guard": self = .guarding
        case "/v1/claims": self = .claims
        case "/admin/reload": self = .reload
        case "/livez": self = .live
        case "/readyz": self = .ready
        case "/openapi.json": self = .openAPI
        case "/metrics": self = .metrics
        default:
            guard let decoded = Self.percentDecoded(path) else { return nil }
            if let rest = decoded.dropping(prefix: "/v1/balances/") {
                self.init(balances: rest)
            } else if let rest = decoded.dropping(prefix: "/v1/cooldowns/") {
                guard let (provider, account) = Self.account(rest) else { return nil }
                self = .cooldown(provider: provider, account: account)
            } else if let rest = decoded.dropping(prefix: "/v1/explain/") {
                guard let (provider, account) = Self.account(rest) else { return nil }
                self = .explain(provider: provider, account: account)
            } else if let rest = decoded.dropping(prefix: "/v1/claims/") {
                guard !rest.isEmpty, !rest.contains("/") else { return nil }
                self = .claim(id: String(rest))
            } else if let rest = decoded.dropping(prefix: "/providers/") {
                self.init(provider: rest)
            } else {
                self = .page(decoded)
            }
        }
    }

    private init?(balances rest: Substring) {
        let names = rest.split(separator: "/", omittingEmptySubsequences: false)
        if names.count == 3, names[2] == "history", let (provider, account) = Self.account(rest.dropLast(8)) {
            self = .history(provider: provider, account: account)
            return
        }
        guard names.count <= 2, names.allSatisfy({ !$0.isEmpty }) else { return nil }
        self = .balances(provider: String(names[0]), account: names.count == 2 ? String(names[1]) : nil)
    }

    /// `{provider}/{account}`
    private static func account(_ rest: Substring) -> (provider: String, account: String)? {
        let names = rest.split(separator: "/", omittingEmptySubsequences: false)
        guard names.count == 2, names.allSatisfy({ !$0.isEmpty }) else { return nil }
        return (String(names[0]), String(names[1]))
    }

    private init?(provider rest: Substring) {
        let end = rest.firstIndex(of: "/") ?? rest.endIndex
        let parts = rest[..<end].split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false)
        guard let name = parts.first, !name.isEmpty, parts.count == 1 || !parts[1].isEmpty else { return nil }
        self = .provider(
            name: String(name), account: parts.count == 2 ? String(parts[1]) : nil, documentedPath: String(rest[end...]))
    }

    /// The methods that it answers, as `Allow` lists them.
    var methods: [String] {
        switch self {
        case .reload: ["POST", "OPTIONS"]
        case .cooldown: ["DELETE", "OPTIONS"]
        case .claims: ["GET", "HEAD", "POST", "OPTIONS"]
        case .claim: ["GET", "HEAD", "DELETE", "OPTIONS"]
        // Which of them, the definition says.
        case .provider: ["GET", "HEAD", "POST", "OPTIONS"]
        default: ["GET", "HEAD", "OPTIONS"]
        }
    }

    /// Of the server as a whole: what `OPTIONS *` asks for.
    static let everyMethod = ["GET", "HEAD", "POST", "DELETE", "OPTIONS"]

    /// Clients may write `@` as `%40`. A `%2F` stays refused: it would make one segment look like two.
    private static func percentDecoded(_ path: String) -> String? {
        guard path.utf8.contains(UInt8(ascii: "%")) else { return path }
        guard let bytes = percentDecodedBytes(path.utf8) else { return nil }
        guard !bytes.contains(where: { $0 < 0x20 || $0 == 0x7F }), !bytes.elementsEqual(path.utf8) else { return nil }
        guard bytes.filter({ $0 == 0x2F }).count == path.utf8.filter({ $0 == 0x2F }).count else { return nil }
        return String(validating: bytes, as: UTF8.self)
    }
}

extension StringProtocol {
    func dropping(prefix: String) -> SubSequence? { hasPrefix(prefix) ? dropFirst(prefix.count) : nil }
}
