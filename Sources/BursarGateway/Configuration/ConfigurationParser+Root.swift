import BursarCatalog
import BursarModel

/// What an address list, a switch or a section of settings at the top level says, before listeners of the command line are
/// considered. *Value.*
struct RootSettings {
    var listen: [(ListenAddress, ConfigurationPlace)] = []
    var passthrough = true
    var allowAnonymous = false
    var hosts: [HostPattern] = []
    var defaults = AccountDefaults()
    var log = LogConfiguration()
    var drain = DrainConfiguration()
}

extension ConfigurationParser {
    mutating func settings(_ root: [String: Entry]) -> RootSettings {
        var settings = RootSettings()
        settings.listen = listen(root["listen"])
        settings.passthrough = boolean(root["passthrough"], "passthrough") ?? settings.passthrough
        settings.allowAnonymous = boolean(root["allow_anonymous"], "allow_anonymous") ?? settings.allowAnonymous
        settings.hosts = hosts(root["hosts"])
        settings.defaults = defaults(root["defaults"])
        settings.log = log(root["log"])
        settings.drain = drain(root["drain"])
        return settings
    }

    private mutating func listen(_ entry: Entry?) -> [(ListenAddress, ConfigurationPlace)] {
        guard let texts = texts(entry, "listen", element: ListenAddress.expectation, atMost: ConfigurationLimits.listeners) else {
            return []
        }
        if let entry, entry.node.isNull || entry.node.elements?.isEmpty == true {
            problems.error(at(entry.node), "listen needs at least one address", meant: "\(ListenAddress.standard)")
        }
        return listeners(texts)
    }

    /// Also for the command line's `--listen`.
    mutating func listeners(_ texts: [(String, ConfigurationPlace)]) -> [(ListenAddress, ConfigurationPlace)] {
        var listeners: [(ListenAddress, ConfigurationPlace)] = []
        for (text, place) in texts {
            do throws(ListenAddress.Refusal) {
                let address = try ListenAddress(parsing: text)
                if listeners.contains(where: { $0.0.collides(with: address) }) {
                    problems.error(
                        place, "the gateway already listens at \(Self.showable("\(address)") ?? "this address"); name it once")
                } else {
                    listeners.append((address, place))
                }
            } catch {
                problems.error(
                    place, "not a listen address: \(error.reason)", meant: error.meant.flatMap(Self.showable),
                    otherwise: "expected \(ListenAddress.expectation)")
            }
        }
        return listeners
    }

    private static func showable(_ address: String) -> String? {
        let isPath = address.hasPrefix("unix:/") && ShowableText.allowsPath(address.dropFirst("unix:".count))
        return isPath || ShowableText.allows(address) ? address : nil
    }

    private mutating func hosts(_ entry: Entry?) -> [HostPattern] {
        let element = "a host name such as bursar.internal or *.corp.example"
        var hosts: [HostPattern] = []
        for (text, place) in texts(entry, "hosts", element: element, atMost: ConfigurationLimits.hosts) ?? [] {
            if let host = HostPattern(text) {
                if !hosts.contains(host) { hosts.append(host) }
            } else if text == "*" {
                problems.error(place, "* would switch the check of Host off, which stops DNS rebinding; name the hosts")
            } else {
                problems.error(place, "an element of hosts must be \(element), without scheme, port or path")
            }
        }
        return hosts
    }

    private mutating func defaults(_ entry: Entry?) -> AccountDefaults {
        var defaults = AccountDefaults()
        guard let entry, let entries = entries(of: entry.node, in: .defaults) else { return defaults }
        defaults.ttl = duration(entries["ttl"], "ttl", in: ConfigurationLimits.ttl) ?? defaults.ttl
        defaults.staleFor = duration(entries["stale_for"], "stale_for", in: ConfigurationLimits.staleFor) ?? defaults.staleFor
        defaults.timeout = duration(entries["timeout"], "timeout", in: ConfigurationLimits.timeout) ?? defaults.timeout
        return defaults
    }

    private mutating func log(_ entry: Entry?) -> LogConfiguration {
        var log = LogConfiguration()
        guard let entry, let entries = entries(of: entry.node, in: .log) else { return log }
        log.level = choice(entries["level"], "level") ?? log.level
        log.format = choice(entries["format"], "format") ?? log.format
        log.access = boolean(entries["access"], "access") ?? log.access
        return log
    }

    private mutating func drain(_ entry: Entry?) -> DrainConfiguration {
        var drain = DrainConfiguration()
        guard let entry, let entries = entries(of: entry.node, in: .drain) else { return drain }
        let delay = duration(entries["delay"], "delay", in: ConfigurationLimits.drainDelay)
        let deadline = duration(entries["deadline"], "deadline", in: ConfigurationLimits.drainDeadline)
        drain.delay = delay ?? drain.delay
        drain.deadline = deadline ?? drain.deadline
        if drain.delay >= drain.deadline, let entry = entries["delay"] ?? entries["deadline"] {
            problems.error(
                at(entry.node),
                "delay must be shorter than deadline (\(DurationText.format(drain.deadline))), which counts from the signal, too")
        }
        return drain
    }

    /// Without clients to tell callers apart, whoever reaches a listener may ask. So one that others can reach must be wanted.
    mutating func checkExposure(_ listeners: [(ListenAddress, ConfigurationPlace)], allowAnonymous: Bool) {
        for (address, place) in listeners where !address.isLocalOnly {
            let address = Self.showable("\(address)") ?? "this address"
            if allowAnonymous {
                problems.finding(
                    .anonymousListener, place, "\(address) can be reached from elsewhere and is open to everyone who does")
            } else {
                problems.error(
                    place,
                    "\(address) can be reached from elsewhere, and anyone who does could read every balance; listen on 127.0.0.1, "
                        + "[::1] or a Unix socket, or write allow_anonymous: true where that is meant")
            }
        }
    }
}
