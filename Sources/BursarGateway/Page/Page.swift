import BursarHTTP
import NIOCore

/// The page in Public/, embedded in the binary and made ready once. *Immutable; any thread.*
struct Page: Sendable {
    /// Made once: it is the same for everyone, whatever is configured.
    static let shared = Page()

    private let files: [String: PreparedResponse]

    /// The page has no door of its own: it may load its own files and ask its own origin, nothing else. No string ever becomes markup or
    /// code: `trusted-types` has no policy that would let it.
    static let contentSecurityPolicy =
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; "
        + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"

    /// In Resources/, by symbolic links to Public/.
    private static let modules: [(name: String, bytes: [UInt8])] = [
        ("board", PackageResources.board_js), ("card", PackageResources.card_js), ("chart", PackageResources.chart_js),
        ("closer", PackageResources.closer_js), ("decimal", PackageResources.decimal_js),
        ("details", PackageResources.details_js), ("dom", PackageResources.dom_js), ("early", PackageResources.early_js),
        ("entrance", PackageResources.entrance_js), ("facts", PackageResources.facts_js), ("feed", PackageResources.feed_js),
        ("gateway", PackageResources.gateway_js), ("headline", PackageResources.headline_js),
        ("need", PackageResources.need_js), ("news", PackageResources.news_js), ("page", PackageResources.page_js),
        ("series", PackageResources.series_js), ("share", PackageResources.share_js), ("stream", PackageResources.stream_js),
        ("time", PackageResources.time_js)
    ]

    init() {
        var files = [
            "/": Self.file(PackageResources.index_html, "text/html; charset=utf-8"),
            "/style.css": Self.file(PackageResources.style_css, "text/css; charset=utf-8"),
            "/cards.css": Self.file(PackageResources.cards_css, "text/css; charset=utf-8"),
            "/icon.svg": Self.file(PackageResources.icon_svg, "image/svg+xml")
        ]
        for module in Self.modules { files["/\(module.name).js"] = Self.file(module.bytes, "text/javascript; charset=utf-8") }
        self.files = files
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
