import BursarBasics
import BursarConfiguration
import BursarGateway
import BursarText
import Foundation

/// What is printed once something listens: where, and what to try next.
enum Announcement {
    static func serving(_ configuration: Configuration, _ addresses: [String]) -> String {
        let url = Self.url(addresses)
        var text = "bursar listens on \(addresses.joined(separator: ", ")) for \(count(configuration.accounts.count)).\n"
        if configuration.accounts.isEmpty {
            text += """
                No account is configured, so /v1/balances is empty; provider routes take callers' own keys.
                Set a provider's variable (`bursar providers` lists them) or write bursar.yaml: docs/configuration.md.

                """
        }
        return text + "\n" + tryThese(url, wantsToken: !configuration.clients.isEmpty)
    }

    static func tryThese(_ url: String, wantsToken: Bool = false) -> String {
        let isStandard = url == UsualGateway.url
        let usesTLS = url.hasPrefix("https://")
        let curl =
            "  curl " + socket(url) + (usesTLS ? "--cacert FILE " : "")
            + (wantsToken ? "-H \"Authorization: Bearer $BURSAR_TOKEN\" " : "")
        return """
            Try\(wantsToken ? ", with a client's token in $BURSAR_TOKEN" : ""):
              \(program) balances\(isStandard ? "" : " --url \(ShellText.word(url))")\(usesTLS ? " --ca FILE" : "")
            \(curl)\(ShellText.word(origin(url) + "/v1/balances?pretty"))
            \(curl)-H 'Accept: text/plain' \(ShellText.word(origin(url) + "/v1/balances"))
            """
                + (usesTLS ? "\nFILE has the certificate's authority; not needed where this machine trusts it." : "")
    }

    /// As it was called: where it was not found by its name, its name alone leads nowhere.
    private static var program: String {
        let called = ProcessInfo.processInfo.arguments.first ?? ""
        return called.contains("/") ? ShellText.word(called) : "bursar"
    }

    /// The first plain address as a URL, else what there is; a wildcard listener is reached at loopback.
    static func url(_ addresses: [String]) -> String {
        let isPlain = { (address: String) in !address.hasPrefix("unix:") && !address.hasPrefix("https://") }
        guard let first = addresses.first(where: isPlain) ?? addresses.first else { return "" }
        guard !first.hasPrefix("unix:") else { return first }
        let scheme = first.hasPrefix("https://") ? "https://" : "http://"
        let address = first.hasPrefix(scheme) ? String(first.dropFirst(scheme.count)) : first
        return scheme + ((try? ListenAddress(parsing: address))?.reachableHere.description ?? address)
    }

    private static func socket(_ url: String) -> String {
        url.hasPrefix("unix:") ? "--unix-socket \(ShellText.word(String(url.dropFirst("unix:".count)))) " : ""
    }

    private static func origin(_ url: String) -> String {
        url.hasPrefix("unix:") ? "http://localhost" : url
    }

    private static func count(_ accounts: Int) -> String { accounts == 1 ? "1 account" : "\(accounts) accounts" }
}
