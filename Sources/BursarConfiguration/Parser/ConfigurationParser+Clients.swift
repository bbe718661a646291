import BursarBasics
import BursarCatalog
import BursarModel

/// What clients are read against. *Value.*
struct ClientContext {
    let catalog: Catalog
    let accounts: [AccountID]
    /// False where a definition or an account could not be read: a name that is not known may be that one's, and is not reported.
    let isComplete: Bool
}

extension ConfigurationKey {
    static let clientNames = ["name", "token_sha256", "allow", "passthrough", "admin", "rate", "expires", "tls", "uid"]
}

/// `clients`. No message quotes a token or a digest: people paste the one where the other belongs.
extension ConfigurationParser {
    mutating func clients(_ entry: Entry?, _ context: ClientContext) -> [ClientConfiguration] {
        guard let entry else { return [] }
        guard case .sequence(let nodes) = entry.node.content, !nodes.isEmpty else {
            // An empty list could mean nobody or everybody; it is asked rather than guessed.
            problems.error(
                at(entry.node), "clients must be a list with at least one client",
                otherwise: "leave clients out to let everyone on this machine ask; `bursar token new --name NAME` prints a client"
            )
            return []
        }
        guard nodes.count <= ConfigurationLimits.clients else {
            problems.error(
                at(entry.node), "clients has \(nodes.count) elements; at most \(ConfigurationLimits.clients) are taken")
            return []
        }
        var taken = TakenNames()
        return nodes.compactMap { client($0, context, &taken) }
    }

    /// Where each name, digest, certificate and user was first named. *Value.*
    private struct TakenNames {
        var names: [String: ConfigurationPlace] = [:]
        var digests: [TokenDigest: ConfigurationPlace] = [:]
        var certificates: [String: ConfigurationPlace] = [:]
        var users: [UInt32: ConfigurationPlace] = [:]
    }

    private mutating func client(
        _ node: LocatedNode, _ context: ClientContext, _ taken: inout TakenNames
    ) -> ClientConfiguration? {
        guard !node.isNull, let entries = entries(of: node, in: .client) else {
            if node.isNull { problems.error(at(node), "a client needs name, allow, and one of token_sha256, tls and uid") }
            return nil
        }
        let errorsBefore = problems.errorCount
        let name = uniqueName(entries["name"], in: node, of: "a client", &taken.names)
        let errorsBeforeIdentities = problems.errorCount
        let tokens = tokens(entries["token_sha256"], &taken)
        let certificates = certificateNames(entries["tls"], &taken)
        let users = userIDs(entries["uid"], &taken)
        if problems.errorCount == errorsBeforeIdentities, tokens.isEmpty, certificates.isEmpty, users.isEmpty {
            problems.error(
                at(node), "a client needs token_sha256, tls or uid, or nobody could be it",
                otherwise: "`bursar token new --name NAME` prints a token and these lines")
        }
        let allow = allow(entries["allow"], in: node, context)
        let isAdmin = boolean(entries["admin"], "admin") ?? false
        let rate = rate(entries["rate"])
        let expires = expires(entries["expires"])
        let passes = boolean(entries["passthrough"], "passthrough") ?? false
        guard problems.errorCount == errorsBefore, let name, let allow else { return nil }
        audit(entries, node, name: name, isAdmin: isAdmin, expires: expires, hasToken: !tokens.isEmpty)
        return ClientConfiguration(
            name: name, tokens: tokens, certificateNames: certificates, userIDs: users, allow: allow, mayPassThrough: passes,
            isAdmin: isAdmin, rate: rate, expires: expires, place: at(node))
    }

    private static let twoWeeks = Duration.seconds(14 * 24 * 3_600)

    private mutating func audit(
        _ entries: [String: Entry], _ node: LocatedNode, name: String, isAdmin: Bool, expires: WallTime?, hasToken: Bool
    ) {
        let shown = ShowableText.quoted(name, else: "this client")
        if let expires {
            let left = sources.now().duration(to: expires)
            let place = at(entries["expires"]?.node ?? node)
            if left <= .zero {
                problems.finding(.expiredClient, place, "the time of \(shown) is over; nobody can be it any more")
            } else if left < Self.twoWeeks {
                problems.finding(.expiringClient, place, "the time of \(shown) ends in less than two weeks")
            }
        } else if hasToken {
            problems.finding(.tokenWithoutExpiry, at(node), "the token of \(shown) is good for ever; write expires: YYYY-MM-DD")
        }
        if isAdmin {
            problems.finding(
                .adminClient, at(entries["admin"]?.node ?? node),
                "\(shown) may reload the configuration, clear cooldowns, and test and mute alerts")
        }
    }

    private mutating func tokens(_ entry: Entry?, _ taken: inout TakenNames) -> [TokenDigest] {
        let element = "a SHA-256 in 64 hexadecimal digits, as `bursar token new` prints it"
        var digests: [TokenDigest] = []
        for (text, place) in texts(entry, "token_sha256", element: element, atMost: ConfigurationLimits.tokensOfClient) ?? [] {
            guard let digest = TokenDigest(hex: text) else {
                if text.lowercased().contains(ClientToken.prefix) {
                    problems.conceal(Secret(text))
                    problems.error(
                        place, "this is a token, and its SHA-256 belongs here; it has been in a file, so make another one",
                        otherwise: "`bursar token new --name NAME` prints a token and its SHA-256")
                } else {
                    problems.error(place, "token_sha256 must be \(element)")
                }
                continue
            }
            if let first = taken.digests.firstPlace(of: digest, orNow: place) {
                problems.error(place, "the same token stands in line \(first.line); a token belongs to one client")
            }
            digests.append(digest)
        }
        return digests
    }

    /// Kinds of names in a certificate.
    private static let nameKinds = ["dns:", "uri:", "email:", "cn:"]

    private mutating func certificateNames(_ entry: Entry?, _ taken: inout TakenNames) -> [String] {
        let element = "a name in the client's certificate with its kind: dns:app.internal, uri:spiffe://…, email:…, or cn:…"
        var names: [String] = []
        for (text, place) in texts(entry, "tls", element: element, atMost: ConfigurationLimits.identitiesOfClient) ?? [] {
            guard let kind = Self.nameKinds.first(where: text.hasPrefix), text.utf8.count > kind.utf8.count,
                text.utf8.count <= 512, text.utf8.allSatisfy(\.isPrintableASCII)
            else {
                problems.error(place, "an element of tls must be \(element)")
                continue
            }
            let name = kind == "dns:" ? text.lowercased() : text
            if name.contains("*") {
                problems.error(place, "an element of tls names one client; * stands for nothing here")
            }
            if let first = taken.certificates.firstPlace(of: name, orNow: place) {
                problems.error(place, "the same name stands in line \(first.line); a certificate stands for one client")
            }
            names.append(name)
        }
        return names
    }

    private mutating func userIDs(_ entry: Entry?, _ taken: inout TakenNames) -> [UInt32] {
        let element = "the number of a user, as `id -u` prints it"
        var users: [UInt32] = []
        for (text, place) in texts(entry, "uid", element: element, atMost: ConfigurationLimits.identitiesOfClient) ?? [] {
            guard let number = parseASCIIDigits(text), let user = UInt32(exactly: number), user != .max else {
                problems.error(place, "uid must be \(element)")
                continue
            }
            if let first = taken.users.firstPlace(of: user, orNow: place) {
                problems.error(place, "the same user stands in line \(first.line); a user is one client")
            }
            users.append(user)
        }
        return users
    }

    private mutating func rate(_ entry: Entry?) -> RequestRate? {
        guard let entry else { return nil }
        let expected = "requests and a duration, such as 60/1m"
        guard let text = text(entry.node, "rate", expected: expected) else { return nil }
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, let requests = parseASCIIDigits(parts[0]) else {
            problems.error(at(entry.node), "rate must be \(expected)")
            return nil
        }
        guard let window = try? DurationText.parse(String(parts[1])) else {
            let word = parts[1].lowercased()
            let unit = [
                "s": "1s", "m": "1m", "h": "1h", "d": "1d", "sec": "1s", "min": "1m", "second": "1s", "minute": "1m",
                "hour": "1h",
                "day": "1d"
            ][word]
            let isInBounds = RequestRate.requestBounds.contains(requests)
            problems.error(
                at(entry.node), "rate must be \(expected)", meant: isInBounds ? unit.map { "\(requests)/\($0)" } : nil)
            return nil
        }
        guard let rate = RequestRate(requests: requests, window: window) else {
            let (most, longest) = (RequestRate.requestBounds.upperBound, RequestRate.windowBounds.upperBound)
            problems.error(
                at(entry.node), "rate must be 1 to \(most) requests in 1s to \(DurationText.format(longest))")
            return nil
        }
        return rate
    }

    private mutating func expires(_ entry: Entry?) -> WallTime? {
        guard let entry else { return nil }
        guard let text = text(entry.node, "expires", expected: ExpiryText.expectation) else { return nil }
        guard let end = ExpiryText.parse(text) else {
            problems.error(at(entry.node), "expires must be \(ExpiryText.expectation)")
            return nil
        }
        return end
    }
}
