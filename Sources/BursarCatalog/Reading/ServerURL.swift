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

    /// Scheme and host as written, without a path.
    let text: String
    let variables: [Variable]

    /// Nil where a value is missing, is not a documented one, or makes no host.
    func origin(parameters: [String: String]) -> String? {
        if variables.isEmpty { return text }
        var result = text
        for variable in variables {
            guard let value = parameters[variable.name] ?? variable.standard, Self.isHostPart(value),
                variable.allowed.isEmpty || variable.allowed.contains(value)
            else { return nil }
            result = result.replacing("{\(variable.name)}", with: value)
        }
        guard let server = ServerURL(result), server.path.isEmpty else { return nil }
        return server.origin
    }

    /// Whether the provider itself is behind `origin`: it is if nobody but the definition chose the host.
    package func isDocumented(_ origin: String) -> Bool {
        guard variables.allSatisfy({ !$0.allowed.isEmpty || $0.standard != nil }) else { return false }
        return combinations(of: variables[...], chosen: [:]).contains(origin)
    }

    /// At most 64 of them: a definition lists regions.
    private func combinations(of rest: ArraySlice<Variable>, chosen: [String: String]) -> [String] {
        guard let variable = rest.first else { return origin(parameters: chosen).map { [$0] } ?? [] }
        let values = variable.allowed.isEmpty ? [variable.standard ?? ""] : variable.allowed
        return Array(
            values.prefix(64).flatMap { value in
                combinations(of: rest.dropFirst(), chosen: chosen.merging([variable.name: value]) { $1 })
            }.prefix(64))
    }

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
