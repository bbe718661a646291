/// What a secret of the configuration is for: under which key it stands, and so what it is called. *Value.*
enum SecretUse: String {
    /// An account's.
    case key
    /// A target's; the last one is an address, which may have a token in its path.
    case token, secret, url
    /// The one that a proxy is told, beside `proxy`.
    case proxyPassword = "proxy_password"

    /// As a sentence calls it.
    var word: String { self == .proxyPassword ? "password" : rawValue }
    var subject: String { "the \(word)" }
    private var noun: String { self == .url ? "an address" : "a \(word)" }
    var expectation: String { "\(noun), or where it is: ${env:NAME}, ${file:/path}, ${credential:name} or ${exec:/path}" }

    /// What is told of one that stands in the file itself.
    var literalWords: String {
        let what = self == .key || self == .proxyPassword ? noun : "a secret of a target"
        return "\(what) stands in the file; keep it in ${env:…}, ${file:…} or ${credential:…}"
    }

    /// A sentence of ours about keys, said of this. Not for one that has a path in it: that would be changed, too.
    func said(_ words: String) -> String {
        guard self != .key else { return words }
        // Of a target it is called url.
        return words.replacing("the key", with: subject).replacing("base_url", with: "url")
    }
}
