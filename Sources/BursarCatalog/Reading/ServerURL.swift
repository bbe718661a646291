import BursarBasics
import BursarModel

/// `https://api.example.com/v1` as origin and path. *Value.*
struct ServerURL {
    let origin: String
    /// Without a closing slash; empty where there is none.
    let path: String

    /// Nil for anything else than scheme, host, port and path: user information, queries and fragments are for other URLs.
    init?(_ text: String) {
        guard text.utf8.count <= 500, let url = try? HTTPURL(text), url.isEncrypted || url.isLoopback else { return nil }
        var path = url.rest
        while path.hasSuffix("/") { path.removeLast() }
        guard path.utf8.allSatisfy({ $0 == 0x2F || $0.isURLPathByte }),
            !path.split(separator: "/").contains(where: { $0 == "." || $0 == ".." }), !path.utf8.elementsContainDoubleSlash
        else { return nil }
        origin = url.origin
        self.path = String(path)
    }
}

/// `https://{region}.api.example.com` with the values that an account may give. *Value.*
package struct ServerTemplate: Sendable, Hashable {
    /// A value in braces. *Value.*
    struct Variable: Sendable, Hashable {
        let name: String
        /// Nil where each account must say it.
        let standard: String?
        /// Empty where any host will do.
        let allowed: [String]
    }

    /// More than any provider documents.
    static let mostHosts = 1_000

    /// Scheme and host as written, without a path.
    let text: String
    let variables: [Variable]
    /// What nobody but the definition chooses. Worked out once: each call asks for it.
    private let documented: Set<String>

    /// Nil where the variables' values stand for more than ``mostHosts`` hosts.
    init?(text: String, variables: [Variable]) {
        self.text = text
        self.variables = variables
        var choices: [[String: String]] = [[:]]
        for variable in variables {
            let values = variable.allowed.isEmpty ? [variable.standard].compactMap(\.self) : variable.allowed
            guard choices.count * values.count <= Self.mostHosts else { return nil }
            choices = choices.flatMap { chosen in values.map { value in chosen.merging([variable.name: value]) { $1 } } }
        }
        documented = Set(choices.compactMap { Self.origin(text, variables, parameters: $0) })
    }

    /// One without a choice.
    init(origin: String) {
        text = origin
        variables = []
        documented = [origin]
    }

    /// Nil where a value is missing, is not a documented one, or makes no host.
    func origin(parameters: [String: String]) -> String? { Self.origin(text, variables, parameters: parameters) }

    private static func origin(_ text: String, _ variables: [Variable], parameters: [String: String]) -> String? {
        if variables.isEmpty { return text }
        var result = text
        for variable in variables {
            guard let value = parameters[variable.name] ?? variable.standard, isHostPart(value),
                variable.allowed.isEmpty || variable.allowed.contains(value)
            else { return nil }
            result = result.replacing("{\(variable.name)}", with: value)
        }
        guard let server = ServerURL(result), server.path.isEmpty else { return nil }
        return server.origin
    }

    /// Whether the provider itself is behind `origin`: it is if nobody but the definition chose the host.
    package func isDocumented(_ origin: String) -> Bool { documented.contains(origin) }

    static func isHostPart(_ text: String) -> Bool {
        (1...253).contains(text.utf8.count)
            && text.utf8.allSatisfy { $0.isASCIILetter || $0.isASCIIDigit || $0 == 0x2D || $0 == 0x2E }
    }
}

extension Substring.UTF8View {
    fileprivate var elementsContainDoubleSlash: Bool { zip(self, dropFirst()).contains { $0 == 0x2F && $1 == 0x2F } }
}

/// What may stand in a request head. *Pure.*
enum HeaderText {
    /// RFC 9110's token.
    static func isName(_ text: String) -> Bool {
        (1...64).contains(text.utf8.count)
            && text.utf8.allSatisfy { $0.isASCIILetter || $0.isASCIIDigit || "!#$%&'*+-.^_`|~".utf8.contains($0) }
    }

    /// Printable ASCII: a line feed would begin another header.
    static func isValue(_ text: String) -> Bool { text.utf8.count <= 1_000 && text.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7F } }

    /// What the client itself writes, or what would change how the message is read.
    static func isReserved(_ name: String) -> Bool {
        [
            "host", "content-length", "transfer-encoding", "connection", "keep-alive", "upgrade", "te", "trailer", "expect",
            "accept-encoding", "proxy-authorization", "proxy-connection", "content-type", "range", "if-none-match", "cookie"
        ].contains(name.lowercased())
    }
}
