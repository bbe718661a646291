import BursarHTTP
import NIOCore

/// The page in Public/, embedded in the binary and made ready when it is first asked for. *Immutable; any thread.*
struct Page: Sendable {
    /// Made once: it is the same for everyone, whatever is configured.
    static let shared = Page()

    private let files: [String: PreparedResponse]

    /// The page has no door of its own: it may load its own files and ask its own origin, nothing else. No string ever becomes markup or
    /// code: `trusted-types` has no policy that would let it.
    static let contentSecurityPolicy =
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; "
        + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"

    init() {
        var texts: [String: String] = [:]
        for index in 0..<EmbeddedFiles.count {
            let file = EmbeddedFiles.file(index)
            texts[file.name.description] = file.text.description
        }
        // The stream is opened by the first, which is small, while the browser still reads the second.
        let script = PageScript(texts.filter { $0.key.hasSuffix(".js") }, entries: ["early.js", "page.js"])
        for (name, text) in script.files { texts[name] = text }
        func file(_ name: String, _ contentType: String) -> PreparedResponse {
            Self.file(Array((texts[name] ?? "").utf8), contentType)
        }
        files = [
            "/": file("index.html", "text/html; charset=utf-8"),
            "/early.js": file("early.js", "text/javascript; charset=utf-8"),
            "/page.js": file("page.js", "text/javascript; charset=utf-8"),
            "/style.css": file("style.css", "text/css; charset=utf-8"),
            "/cards.css": file("cards.css", "text/css; charset=utf-8"),
            "/icon.svg": file("icon.svg", "image/svg+xml")
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
            age: nil, forms: .all)
    }
}
