import BursarBasics
import BursarCatalog
import BursarModel

extension ConfigurationKey {
    static let targetNames = ["name", "kind", "url", "secret", "token", "command", "timeout", "per_hour", "private_addresses"]
}

/// What is known of targets that could not be read, so that one mistake hides no other. *Value.*
struct UnreadTargets {
    var places: [String: ConfigurationPlace] = [:]
    /// False where one has no name that could be read.
    var areAllNamed = true
}

/// `targets`. No message quotes an address: many hold a token in their path.
extension ConfigurationParser {
    private enum KindWord: String, CaseIterable {
        case webhook, alertmanager, slack, ntfy, command
    }

    mutating func targets(_ entry: Entry?) -> [TargetConfiguration] {
        guard let entry, !entry.node.isNull else { return [] }
        guard case .sequence(let nodes) = entry.node.content else {
            problems.error(at(entry.node), "targets must be a list: each target begins with \"- name: …\"")
            unreadTargets.areAllNamed = false
            return []
        }
        guard nodes.count <= ConfigurationLimits.targets else {
            problems.error(
                at(entry.node), "targets has \(nodes.count) elements; at most \(ConfigurationLimits.targets) are taken")
            unreadTargets.areAllNamed = false
            return []
        }
        var places: [String: ConfigurationPlace] = [:]
        return nodes.compactMap { target($0, &places) }
    }

    private mutating func target(_ node: LocatedNode, _ places: inout [String: ConfigurationPlace]) -> TargetConfiguration? {
        guard !node.isNull, let entries = entries(of: node, in: .target) else {
            if node.isNull { problems.error(at(node), "a target needs name and kind") }
            unreadTargets.areAllNamed = false
            return nil
        }
        let errorsBefore = problems.errorCount
        let name = uniqueName(entries["name"], in: node, of: "a target", &places)
        let perHour = number(entries["per_hour"], "per_hour", in: ConfigurationLimits.perHour)
        var files: [String] = []
        let kind = targetKind(entries, in: node, &files)
        guard problems.errorCount == errorsBefore, let name, let kind else {
            if let name { unreadTargets.places[name] = at(node) } else { unreadTargets.areAllNamed = false }
            return nil
        }
        return TargetConfiguration(
            name: name, kind: kind, perHour: perHour ?? TargetConfiguration.standardPerHour, place: at(node), secretFiles: files)
    }

    /// Keys that each kind takes beside `name`, `kind` and `per_hour`.
    private static func keys(of kind: KindWord) -> [String] {
        switch kind {
        case .webhook: ["url", "secret", "private_addresses"]
        case .alertmanager, .slack: ["url", "private_addresses"]
        case .ntfy: ["url", "token", "private_addresses"]
        case .command: ["command", "timeout"]
        }
    }

    private mutating func targetKind(
        _ entries: [String: Entry], in node: LocatedNode, _ files: inout [String]
    ) -> TargetConfiguration.Kind? {
        guard let entry = entries["kind"] else {
            let names = KindWord.allCases.map(\.rawValue).joined(separator: ", ")
            problems.error(at(node), "a target needs kind: one of \(names)")
            return nil
        }
        guard let kind: KindWord = choice(entry, "kind") else { return nil }
        let known = Self.keys(of: kind) + ["name", "kind", "per_hour"]
        for (key, entry) in entries.sorted(by: { $0.key < $1.key }) where !known.contains(key) {
            problems.error(at(entry.keyMark), "\(key) is not for a target of kind \(kind.rawValue)")
        }
        if kind == .command { return command(entries, in: node) }
        // All that is written is read, so that all mistakes are told at once.
        let endpoint = endpoint(entries, kind, in: node, &files)
        let secrets = kind == .webhook ? webhookSecrets(entries["secret"], in: node, &files) : []
        let token = kind == .ntfy ? entries["token"].flatMap { secret($0.node, .token, &files) } : nil
        guard let endpoint else { return nil }
        switch kind {
        case .webhook: return secrets.isEmpty ? nil : .webhook(endpoint, secrets: secrets)
        case .alertmanager: return .alertmanager(endpoint)
        case .slack: return .slack(endpoint)
        case .ntfy: return .ntfy(endpoint, token: token)
        case .command: return nil
        }
    }

    private mutating func command(_ entries: [String: Entry], in node: LocatedNode) -> TargetConfiguration.Kind? {
        let expected = "a list: a program's absolute path and its arguments"
        guard let entry = entries["command"] else {
            problems.error(at(node), "a target of kind command needs command: \(expected)")
            return nil
        }
        let timeout = duration(entries["timeout"], "timeout", in: ConfigurationLimits.commandTimeout)
        guard case .sequence(let nodes) = entry.node.content else {
            problems.error(
                at(entry.node), "command must be \(expected)", otherwise: "there is no shell: [/usr/bin/program, argument]")
            return nil
        }
        let words = nodes.compactMap { text($0, "an element of command", expected: "a text") }
        guard words.count == nodes.count, let command = SecretCommand(words: words) else {
            problems.error(at(entry.node), "command must be \(expected), of at most \(SecretCommand.mostWords) words")
            return nil
        }
        // It would arrive as it is written, and whoever wrote it would wait for messages that the program cannot send.
        for (node, word) in zip(nodes, words) where SecretReference.Source.schemes.contains(where: { word.contains("${\($0):") })
        {
            problems.error(
                at(node), "nothing is put in for ${…:…} in command: the program would get it as it is written",
                otherwise: "the program gets JSON on its input; let it read a secret from a file of its own")
            return nil
        }
        return .command(command, timeout: timeout ?? TargetConfiguration.standardTimeout)
    }
}

// MARK: - Addresses and secrets

extension ConfigurationParser {
    private mutating func endpoint(
        _ entries: [String: Entry], _ kind: KindWord, in node: LocatedNode, _ files: inout [String]
    ) -> TargetEndpoint? {
        let allowsPrivate = boolean(entries["private_addresses"], "private_addresses") ?? false
        guard let entry = entries["url"] else {
            problems.error(at(node), "a target of kind \(kind.rawValue) needs url")
            return nil
        }
        // Of these kinds only Slack's address is a secret as a whole.
        guard let secret = secret(entry.node, .url, &files, isToldInFile: kind == .slack) else { return nil }
        let place = at(entry.node)
        let text = secret.withExposedBytes { String(decoding: $0, as: UTF8.self) }
        let query = text.firstIndex(of: "?").map { text[$0...] } ?? ""
        let base: BaseURL
        do throws(BaseURL.Refusal) {
            base = try BaseURL(parsing: String(text.dropLast(query.count)))
        } catch {
            problems.error(place, "url " + error.words)
            return nil
        }
        guard query.utf8.allSatisfy({ $0.isVisibleASCII && $0 != UInt8(ascii: "#") }) else {
            problems.error(place, "url has a character in its query that does not belong there")
            return nil
        }
        if kind == .ntfy, base.path.isEmpty {
            // Not a host that people use: what is written here is a secret, and would be struck out of the example.
            problems.error(place, "url must name the topic, such as https://ntfy.example/topic")
            return nil
        }
        // A name of the operator's own network is said to be one; an Alertmanager there often speaks no TLS.
        guard base.isEncrypted || base.isLoopback || (kind == .alertmanager && allowsPrivate) else {
            problems.error(
                place,
                "url is plain http to another machine, where anyone on the way could read and change messages; use https://",
                otherwise: kind == .alertmanager ? "private_addresses: true says that it is in your own network" : nil)
            return nil
        }
        if !base.isEncrypted, !base.isLoopback {
            problems.finding(.plainTarget, place, "messages reach the target without TLS, and so past any upstream.proxy")
        }
        let path = base.path + query
        return TargetEndpoint(
            url: secret, path: path.utf8.count >= ConfigurationLimits.shortestSecretPath ? Secret(path) : nil, host: base.host,
            mayBePrivate: allowsPrivate || IPAddress(base.host) != nil, isThisMachine: base.isLoopback)
    }

    /// Several while one replaces another.
    private mutating func webhookSecrets(_ entry: Entry?, in node: LocatedNode, _ files: inout [String]) -> [Secret] {
        let expected = "whsec_ and 24 to 64 bytes in base64, or where such a text is; a list while one replaces another"
        guard let entry else {
            problems.error(
                at(node), "a target of kind webhook needs secret: \(expected)",
                otherwise: "`bursar alert secret` prints a new one")
            return []
        }
        var nodes = [entry.node]
        if case .sequence(let elements) = entry.node.content { nodes = elements }
        guard (1...ConfigurationLimits.webhookSecrets).contains(nodes.count) else {
            problems.error(at(entry.node), "secret must be 1 to \(ConfigurationLimits.webhookSecrets) of: \(expected)")
            return []
        }
        return nodes.compactMap { node in
            guard let secret = secret(node, .secret, &files) else { return nil }
            guard WebhookSecret.isOne(secret) else {
                problems.error(
                    at(node), "secret must be \(expected)", otherwise: "`bursar alert secret` prints a new one")
                return nil
            }
            return secret
        }
    }

    /// As ``namedSecret(_:_:isToldInFile:)``, where the file is watched with the target's others.
    private mutating func secret(
        _ node: LocatedNode, _ use: SecretUse, _ files: inout [String], isToldInFile: Bool = true
    ) -> Secret? {
        guard let found = namedSecret(node, use, isToldInFile: isToldInFile) else { return nil }
        if let file = found.file { files.append(file) }
        return found.secret
    }
}
