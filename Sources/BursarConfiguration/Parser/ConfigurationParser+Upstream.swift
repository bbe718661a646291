import BursarCatalog
import BursarModel

extension ConfigurationKey {
    static let upstreamNames = ["ca", "proxy", "proxy_user", "proxy_password", "private_addresses", "traceparent"]
}

/// How providers are reached.
extension ConfigurationParser {
    mutating func upstream(_ entry: Entry?) -> UpstreamConfiguration {
        var settings = UpstreamConfiguration()
        guard let entry, let entries = entries(of: entry.node, in: .upstream) else { return settings }
        settings.authorities = authorities(entries["ca"])
        settings.proxy = proxy(entries)
        settings.sendsTraces = boolean(entries["traceparent"], "traceparent") ?? false
        settings.allowsPrivateAddresses = boolean(entries["private_addresses"], "private_addresses") ?? false
        if settings.allowsPrivateAddresses, let entry = entries["private_addresses"] {
            problems.finding(
                .privateAddresses, at(entry.keyMark),
                "whoever controls a provider's DNS can have keys sent to machines of this network (not past TLS verification)")
        }
        return settings
    }

    private mutating func authorities(_ entry: Entry?) -> [UInt8]? {
        guard let entry, let text = text(entry.node, "ca", expected: "the path of a file in PEM form"),
            let path = resolvedPath(text, at(entry.node))
        else { return nil }
        let name = shown(path)
        switch sources.readFile(path, ConfigurationLimits.pemBytes) {
        case .failure(let problem): problems.error(at(entry.node), "\(name) \(problem.words)")
        case .success(let content):
            if sources.hasCertificates(content.bytes) { return content.bytes }
            problems.error(at(entry.node), "\(name) has no certificate in PEM form")
        }
        return nil
    }

    private mutating func proxy(_ entries: [String: Entry]) -> ProxyServer? {
        guard let entry = entries["proxy"] else {
            for name in ["proxy_user", "proxy_password"] {
                if let entry = entries[name] { problems.error(at(entry.keyMark), "\(name) is for proxy, which is not given") }
            }
            return nil
        }
        let user = entries["proxy_user"].flatMap { text($0.node, "proxy_user", expected: "a user's name") }
        if let user, user.utf8.contains(where: { $0 < 0x20 || $0 >= 0x7F || $0 == UInt8(ascii: ":") }),
            let entry = entries["proxy_user"]
        {
            problems.error(at(entry.node), "proxy_user must be printable ASCII, without a colon")
        }
        let password = proxyPassword(entries["proxy_password"])
        if let entry = entries["proxy_password"], entries["proxy_user"] == nil {
            problems.error(at(entry.keyMark), "proxy_password needs proxy_user")
        }
        let expected = "a proxy such as http://proxy.example:3128"
        guard let text = text(entry.node, "proxy", expected: expected) else { return nil }
        guard let url = try? BaseURL(parsing: text), url.path.isEmpty else {
            problems.error(at(entry.node), "proxy must be \(expected); user and password have keys of their own")
            return nil
        }
        guard !url.isEncrypted else {
            problems.error(
                at(entry.node), "a proxy is spoken to in clear text, and TLS with the provider runs through it; write http://")
            return nil
        }
        return ProxyServer(host: url.host, port: url.port ?? 80, user: user, password: password)
    }

    /// No message quotes the value: it may be the password itself.
    private mutating func proxyPassword(_ entry: Entry?) -> Secret? {
        guard let entry, let (password, _) = namedSecret(entry.node, .proxyPassword) else { return nil }
        guard password.count >= SecretResolver.fewestBytes else {
            problems.error(
                at(entry.node),
                "the password is shorter than \(SecretResolver.fewestBytes) characters: it cannot be kept out of logs")
            return nil
        }
        return password
    }
}
