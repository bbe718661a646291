import BursarHTTP
import NIOCore

/// The page in Public/, embedded in the binary and made ready once. *Immutable; any thread.*
struct Page: Sendable {
    /// Made once: it is the same for everyone, whatever is configured.
    static let shared = Page()

    private let files: [String: PreparedResponse]

    /// The page has no door of its own: it may load its own three files and ask its own origin, nothing else.
    static let contentSecurityPolicy =
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; "
        + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

    init() {
        files = [
            "/": Self.file(PackageResources.index_html, "text/html; charset=utf-8"),
            "/app.js": Self.file(PackageResources.app_js, "text/javascript; charset=utf-8"),
            "/style.css": Self.file(PackageResources.style_css, "text/css; charset=utf-8"),
            "/icon.svg": Self.file(PackageResources.icon_svg, "image/svg+xml")
        ]
    }

    subscript(path: String) -> PreparedResponse? { files[path] }

    var paths: [String] { files.keys.sorted() }

    private static func file(_ bytes: [UInt8], _ contentType: String) -> PreparedResponse {
        Representations.prepare(
            bytes,
            headers: [
                "content-type": contentType,
                // Asked again each time, answered with 304 until an upgrade: a page and a gateway of two versions do not mix.
                "cache-control": "no-cache",
                "content-security-policy": contentSecurityPolicy,
                "referrer-policy": "no-referrer",
                "x-content-type-options": "nosniff",
                "cross-origin-opener-policy": "same-origin",
                "cross-origin-resource-policy": "same-origin",
                "vary": "accept-encoding"
            ],
            ageBase: nil, forms: .all)
    }
}
