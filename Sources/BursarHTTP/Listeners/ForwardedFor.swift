package import BursarBasics

/// Reads who a trusted proxy says it forwards for, for the log. *Pure.*
package enum ForwardedFor {
    /// The last address of `X-Forwarded-For`, or of `Forwarded` (RFC 7239): the one the proxy nearest to us added itself; all in
    /// front of it may be a client's invention. Nil where it is no address.
    ///
    /// Most proxies write `X-Forwarded-For` and let `Forwarded` pass as it came. So where both stand, `Forwarded` is the one that
    /// a client may have invented.
    package static func client(of headers: HeaderFields) -> IPAddress? {
        if let last = headers.all("x-forwarded-for").last {
            guard let element = last.split(separator: ",").last else { return nil }
            return address(withoutBlanks(element))
        }
        guard let last = headers.all("forwarded").last, let element = last.split(separator: ",").last else { return nil }
        for pair in element.split(separator: ";") {
            let parts = pair.split(separator: "=", maxSplits: 1)
            guard parts.count == 2, withoutBlanks(parts[0]).lowercased() == "for" else { continue }
            return address(withoutBlanks(parts[1]).filter { $0 != "\"" })
        }
        return nil
    }

    private static func withoutBlanks(_ text: Substring) -> String { text.filter { $0 != " " && $0 != "\t" } }

    /// The address without brackets and port.
    private static func address(_ text: String) -> IPAddress? {
        var host = text[...]
        if host.hasPrefix("["), let end = host.firstIndex(of: "]") {
            host = host[host.index(after: host.startIndex)..<end]
        } else if host.filter({ $0 == ":" }).count == 1, let colon = host.firstIndex(of: ":") {
            host = host[..<colon]
        }
        return IPAddress(String(host))
    }
}
