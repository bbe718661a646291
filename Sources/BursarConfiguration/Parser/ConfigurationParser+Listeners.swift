import BursarBasics
import BursarCatalog
import BursarModel

extension ConfigurationKey {
    static let listenerNames = ["address", "tls", "mode"]
}

/// Where the gateway listens, and who may reach it there.
extension ConfigurationParser {
    mutating func listen(_ entry: Entry?) -> [(ListenerSettings, ConfigurationPlace)] {
        guard let entry else { return [] }
        let nodes = entry.node.elements ?? (entry.node.isNull ? [] : [entry.node])
        guard nodes.count <= ConfigurationLimits.listeners else {
            problems.error(
                at(entry.node), "listen has \(nodes.count) elements; at most \(ConfigurationLimits.listeners) are taken")
            return []
        }
        if nodes.isEmpty {
            problems.error(at(entry.node), "listen needs at least one address", meant: "\(ListenAddress.standard)")
        }
        var listeners: [(ListenerSettings, ConfigurationPlace)] = []
        for node in nodes {
            guard let listener = listener(node, isElement: entry.node.elements != nil) else { continue }
            add(listener, at(node), to: &listeners)
        }
        return listeners
    }

    /// For the command line's `--listen`.
    mutating func listeners(_ texts: [(String, ConfigurationPlace)]) -> [(ListenerSettings, ConfigurationPlace)] {
        var listeners: [(ListenerSettings, ConfigurationPlace)] = []
        for (text, place) in texts {
            if let address = address(text, place) { add(ListenerSettings(address), place, to: &listeners) }
        }
        return listeners
    }

    private mutating func add(
        _ listener: ListenerSettings, _ place: ConfigurationPlace, to listeners: inout [(ListenerSettings, ConfigurationPlace)]
    ) {
        let address = listener.address
        guard let other = listeners.first(where: { $0.0.address.collides(with: address) })?.0.address else {
            listeners.append((listener, place))
            return
        }
        let shown = Self.showable("\(address)") ?? "this address"
        if address.isEveryAddress == other.isEveryAddress {
            problems.error(place, "the gateway already listens at \(shown); name it once")
        } else {
            let earlier = Self.showable("\(other)") ?? "an earlier one"
            let (every, one) = address.isEveryAddress ? (shown, earlier) : (earlier, shown)
            problems.error(place, "\(every) is every address of this machine, and so \(one), too; name one of them")
        }
    }

    /// An address alone, or a mapping with more than it.
    private mutating func listener(_ node: LocatedNode, isElement: Bool) -> ListenerSettings? {
        guard node.pairs != nil else {
            let name = isElement ? "an element of listen" : "listen"
            let expected = ListenAddress.expectation + (isElement ? "" : ", or a list of such")
            guard let text = text(node, name, expected: expected) else { return nil }
            return address(text, at(node)).map { ListenerSettings($0) }
        }
        guard let entries = entries(of: node, in: .listener) else { return nil }
        let usesTLS = boolean(entries["tls"], "tls") ?? false
        let mode = mode(entries["mode"])
        guard let entry = entries["address"] else {
            problems.error(at(node), "an element of listen needs address", otherwise: "expected \(ListenAddress.expectation)")
            return nil
        }
        guard let text = text(entry.node, "address", expected: ListenAddress.expectation),
            let address = address(text, at(entry.node))
        else { return nil }
        if case .tcp = address, let entry = entries["mode"] {
            problems.error(at(entry.node), "mode is that of a Unix socket's file; \(ShowableText.quoted(text)) has none")
        }
        return ListenerSettings(address, mode: mode, usesTLS: usesTLS)
    }

    private mutating func address(_ text: String, _ place: ConfigurationPlace) -> ListenAddress? {
        do throws(ListenAddress.Refusal) {
            return try ListenAddress(parsing: text)
        } catch {
            problems.error(
                place, "not a listen address: \(error.reason)", meant: error.meant.flatMap(Self.showable),
                otherwise: "expected \(ListenAddress.expectation)")
            return nil
        }
    }

    /// Octal, in quotation marks or not: YAML 1.2 takes `0660` for 660, so the text is read and not the number.
    private mutating func mode(_ entry: Entry?) -> UInt16? {
        guard let entry else { return nil }
        let expected = "the octal mode of a socket's file, such as \"0660\""
        guard let text = text(entry.node, "mode", expected: expected) else { return nil }
        guard (3...4).contains(text.utf8.count), text.utf8.allSatisfy({ (0x30...0x37).contains($0) }),
            let mode = UInt16(text, radix: 8), mode <= 0o777, mode & 0o600 == 0o600
        else {
            problems.error(at(entry.node), "mode must be \(expected), with which the owner may read and write")
            return nil
        }
        return mode
    }

    static func showable(_ address: String) -> String? {
        let isPath = address.hasPrefix("unix:/") && ShowableText.allowsPath(address.dropFirst("unix:".count))
        return isPath || ShowableText.allows(address) ? address : nil
    }

    /// Peers by address: of `trusted_proxies` and `proxy_protocol`.
    mutating func ranges(_ entry: Entry?, _ name: String) -> [AddressRange] {
        let element = "an address, a block such as 10.0.0.0/8 or fd00::/8, or unix"
        var ranges: [AddressRange] = []
        for (text, place) in texts(entry, name, element: element, atMost: ConfigurationLimits.proxies) ?? [] {
            if let range = AddressRange(text) {
                if !ranges.contains(range) { ranges.append(range) }
            } else {
                problems.error(place, "an element of \(name) must be \(element); names are not looked up")
            }
        }
        return ranges
    }

    /// Without clients to tell callers apart, whoever reaches a listener may ask. So one that others can reach must be wanted. With
    /// clients it may be reached; but what stands in their requests then crosses a network.
    mutating func checkExposure(
        _ listeners: [(ListenerSettings, ConfigurationPlace)], allowAnonymous: Bool, hasClients: Bool
    ) {
        for (listener, place) in listeners where !listener.address.isLocalOnly {
            let address = Self.showable("\(listener.address)") ?? "this address"
            if hasClients {
                guard !listener.usesTLS else { continue }
                problems.finding(
                    .plainTokens, place,
                    "\(address) can be reached from elsewhere without TLS: tokens and balances can be read on the way")
            } else if allowAnonymous {
                problems.finding(
                    .anonymousListener, place, "\(address) can be reached from elsewhere and is open to everyone who does")
            } else {
                problems.error(
                    place,
                    "\(address) can be reached from elsewhere, and anyone who does could read every balance; listen on 127.0.0.1, "
                        + "[::1] or a Unix socket, configure clients, or, where that is meant, write allow_anonymous: true or start with --allow-anonymous"
                )
            }
        }
    }

    /// A warning and no error: what is missing may be there when `serve` starts, such as the folder that a service manager makes.
    mutating func checkSockets(_ listeners: [(ListenerSettings, ConfigurationPlace)]) {
        for (listener, place) in listeners {
            guard case .unix(let path) = listener.address, let words = sources.checkSocket(path) else { continue }
            problems.warning(place, "\(ShowableText.path(path)) \(words); serve could not listen there")
        }
    }

    /// A warning and no error: another start may name a Unix socket with `--listen`, or be given one.
    mutating func checkUsers(_ clients: [ClientConfiguration], _ addresses: [ListenAddress]) {
        let hasSocket = addresses.contains { if case .unix = $0 { true } else { false } }
        guard !hasSocket else { return }
        for client in clients where !client.userIDs.isEmpty {
            problems.warning(
                client.place, "uid is a user at a Unix socket, and no listener is one", otherwise: "add unix:/path to listen")
        }
    }

    /// Clients that a listener would have to recognise, and cannot.
    mutating func checkIdentities(_ root: [String: Entry], _ settings: RootSettings) {
        guard let clients = root["clients"] else { return }
        if let entry = root["allow_anonymous"], settings.allowAnonymous {
            problems.warning(at(entry.keyMark), "allow_anonymous says nothing beside clients: nobody is anonymous then")
        }
        for client in clients.node.elements ?? [] {
            for pair in client.pairs ?? [] where pair.key == "tls" && settings.tls?.clientAuthoritiesFile == nil {
                problems.error(
                    at(pair.keyMark), "tls is a name in a client's certificate, and no listener asks for one",
                    otherwise: "write tls: {certificate: …, key: …, client_ca: FILE} at the top level")
            }
        }
    }
}
