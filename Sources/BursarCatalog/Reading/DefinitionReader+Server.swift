import BursarModel

/// `servers`: where the provider is.
extension DefinitionReader {
    mutating func server(_ operation: Operation) -> (template: ServerTemplate, path: String)? {
        let servers = operation.node["servers"] ?? operation.item["servers"] ?? root["servers"]
        guard let server = servers?.elements?.first, let url = server["url"], let text = url.text else {
            problems.error(servers?.mark ?? root.mark, "servers: is missing; its first url says where the provider is")
            return nil
        }
        guard text.contains("{") else {
            guard let server = ServerURL(text) else {
                problems.error(
                    url.mark, "the server must be https://host, with a port and a path at most",
                    hint: "plain http is for 127.0.0.1 and localhost only")
                return nil
            }
            return (ServerTemplate(origin: server.origin), server.path)
        }
        return template(text, at: url.mark, variables: server["variables"])
    }

    /// A host that an account chooses a part of. Braces stand in the host only: what is sent with the key goes to that host.
    private mutating func template(
        _ text: String, at mark: TextMark, variables: LocatedNode?
    ) -> (template: ServerTemplate, path: String)? {
        let pieces: [RequestTemplate.Piece]
        do throws(ValuePath.Refusal) {
            pieces = try RequestTemplate(parsing: text).pieces
        } catch {
            problems.error(mark, error.reason)
            return nil
        }
        var names: [String] = []
        var sample = ""
        for piece in pieces {
            switch piece {
            case .text(let text): sample += text
            case .parameter(let name, isOptional: false) where !names.contains(name):
                names.append(name)
                sample += "x"
            case .parameter, .call:
                problems.error(mark, "in a server's url stands each variable once, as {region}")
                return nil
            }
        }
        guard let server = ServerURL(sample), text.lowercased().hasPrefix("https://"), !server.path.contains("{"),
            let end = text.dropFirst(8).firstIndex(of: "/") ?? Optional(text.endIndex), !text[end...].contains("{")
        else {
            problems.error(mark, "the server must be https://host; braces stand in the host only")
            return nil
        }
        var found: [ServerTemplate.Variable] = []
        for name in names {
            let node = variables?[name]
            if variables != nil, node == nil {
                problems.error(mark, "servers[].variables has no \(QuotableName.quoted(name))")
            }
            if let node, node.pairs == nil {
                problems.error(
                    node.mark, "the variable \(QuotableName.quoted(name)) is a mapping, such as {default: us, enum: [us, eu]}")
            }
            let allowed = listed(node?["enum"], of: name)
            let standard = node?["default"]?.text
            if let written = node?["default"], standard == nil {
                problems.error(written.mark, "the default of \(QuotableName.quoted(name)) is a text")
            }
            for value in allowed + [standard].compactMap(\.self) where !ServerTemplate.isHostPart(value) {
                problems.error(node?.mark ?? mark, "a server's variable is letters, digits, . and -")
            }
            if let standard, !allowed.isEmpty, !allowed.contains(standard) {
                problems.error(node?.mark ?? mark, "the default of \(QuotableName.quoted(name)) is not in its enum")
            }
            found.append(.init(name: name, standard: standard, allowed: allowed))
        }
        guard let template = ServerTemplate(text: String(text[..<end]), variables: found) else {
            problems.error(
                variables?.mark ?? mark, "the server's variables stand for more than \(ServerTemplate.mostHosts) hosts")
            return nil
        }
        // Braces stand in the host only, so the sample has the same path.
        return (template, server.path)
    }

    /// The values of a variable's `enum`; empty where there is none, and any will do. One that is no list of values must not mean
    /// the same: the key would go to hosts that it was to exclude.
    private mutating func listed(_ node: LocatedNode?, of name: String) -> [String] {
        guard let node else { return [] }
        let elements = node.elements ?? []
        let values = elements.compactMap(\.text)
        if values.isEmpty || values.count < elements.count {
            let wrong = elements.first { $0.text == nil } ?? node
            problems.error(wrong.mark, "the enum of \(QuotableName.quoted(name)) is a list of texts, with one at least")
        }
        return values
    }
}
