import BursarBasics
import BursarModel

/// The part of an upstream address before the documented path: `https://api.example.com`, `http://127.0.0.1:9000/hyper3d`.
/// *Value.*
///
/// Everything that is not plainly an origin and a path is an error: a query or a fragment would be dropped or moved without a word.
package struct BaseURL: Sendable, Hashable, CustomStringConvertible {
    private let url: HTTPURL
    /// Begins with a slash or is empty; never ends with one, so that a documented path can be put behind it.
    package let path: String

    /// Lowercased; an IPv6 literal without its brackets.
    package var host: String { url.host }
    /// Nil where the scheme's own port is meant.
    package var port: Int? { url.port }
    package var isEncrypted: Bool { url.isEncrypted }
    package var isLoopback: Bool { url.isLoopback }
    package var description: String { url.origin + path }

    /// Why a text is no base URL: fixed words, never a part of the text, which may hold a password.
    package enum Refusal: Error, Equatable {
        case scheme, userInformation, query, fragment, host, port, path, tooLong
    }

    /// What a caller can do with a longer one is not worth the room in every message.
    private static let mostBytes = 2_048

    package init(parsing text: String) throws(Refusal) {
        guard text.utf8.count <= Self.mostBytes else { throw .tooLong }
        guard HTTPURL.scheme(of: text) != nil else { throw .scheme }
        guard !text.contains("#") else { throw .fragment }
        guard !text.contains("?") else { throw .query }
        do {
            url = try HTTPURL(text)
        } catch {
            switch error {
            case .scheme: throw .scheme
            case .userInformation: throw .userInformation
            case .host: throw .host
            case .port: throw .port
            }
        }
        path = try Self.path(url.rest)
    }

    package static func == (left: Self, right: Self) -> Bool { left.description == right.description }
    package func hash(into hasher: inout Hasher) { hasher.combine(description) }

    /// Path characters of RFC 3986, without dot segments: `/a/../b` would make the address that is called another one than the
    /// one that is written.
    private static func path(_ text: Substring) throws(Refusal) -> String {
        guard text.utf8.allSatisfy({ $0 == 0x2F || $0.isURLPathByte }) else { throw .path }
        let segments = text.split(separator: "/", omittingEmptySubsequences: false)
        guard !segments.contains(where: { $0 == "." || $0 == ".." }) else { throw .path }
        var path = text
        while path.hasSuffix("/") { path.removeLast() }
        return String(path)
    }
}
