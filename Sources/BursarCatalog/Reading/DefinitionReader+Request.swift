import BursarBasics
import BursarModel

/// Where and how to ask: servers, path and security.
extension DefinitionReader {
    /// The GET that tells the balance. *Value.*
    struct Operation {
        let path: String
        let pathMark: TextMark
        let item: LocatedNode
        let node: LocatedNode
    }

    mutating func operation(wanted: LocatedNode?, at mark: TextMark) -> Operation? {
        guard let paths = root["paths"]?.pairs else {
            problems.error(root["paths"]?.mark ?? root.mark, "paths: is missing")
            return nil
        }
        let operations = paths.compactMap { pair -> Operation? in
            guard let node = pair.value["get"] else { return nil }
            return Operation(path: pair.key, pathMark: pair.keyMark, item: pair.value, node: node)
        }
        if let wanted {
            if let operation = operations.first(where: { $0.path == wanted.text }) { return operation }
            let near = NearestName.find(wanted.text ?? "", among: operations.map(\.path))
            problems.error(wanted.mark, "paths has no such path with a get", hint: near.map { "did you mean \($0)?" })
            return nil
        }
        guard let first = operations.first else {
            problems.error(root["paths"]?.mark ?? mark, "no path has a get: a balance is asked with GET")
            return nil
        }
        guard operations.count == 1 else {
            problems.error(
                mark, "\(operations.count) paths have a get", hint: "say which one tells the balance: path: \(first.path)")
            return nil
        }
        return first
    }

    mutating func request(_ operation: Operation, _ settings: MappingReader.Settings) -> Request? {
        let server = server(operation)
        let auth = auth(operation, prefix: settings.prefix)
        guard let parameters = parameters(operation) else { return nil }
        guard let server, let auth else { return nil }
        for header in settings.headers where header.name == auth.headerName {
            problems.error(operation.pathMark, "headers: sets \(auth.displayName), which carries the key")
        }
        return Request(origin: server.origin, path: server.path + operation.path, parameters: parameters, auth: auth)
    }

    // MARK: - Server

    private mutating func server(_ operation: Operation) -> (origin: String, path: String)? {
        let servers = operation.node["servers"] ?? operation.item["servers"] ?? root["servers"]
        guard let url = servers?.elements?.first?["url"], let text = url.text else {
            problems.error(servers?.mark ?? root.mark, "servers: is missing; its first url says where the provider is")
            return nil
        }
        guard let server = ServerURL(text) else {
            problems.error(
                url.mark, "the server must be https://host, with a port and a path at most",
                hint: text.contains("{") ? "put the values in place of {…}" : "plain http is for 127.0.0.1 and localhost only")
            return nil
        }
        return (server.origin, server.path)
    }

    /// The names in braces; nil, and reported, where the path is none.
    private mutating func parameters(_ operation: Operation) -> [String]? {
        var names: [String] = []
        for (index, segment) in operation.path.split(separator: "/", omittingEmptySubsequences: false).enumerated() {
            if index == 0 {
                guard segment.isEmpty else {
                    problems.error(operation.pathMark, "a path begins with /")
                    return nil
                }
                continue
            }
            if segment.hasPrefix("{"), segment.hasSuffix("}"), segment.utf8.count > 2 {
                let name = String(segment.dropFirst().dropLast())
                guard name.utf8.allSatisfy({ $0.isASCIILetter || $0.isASCIIDigit || $0 == 0x5F || $0 == 0x2D }),
                    !names.contains(name)
                else {
                    problems.error(operation.pathMark, "a path's parameters are different names in braces")
                    return nil
                }
                names.append(name)
            } else if segment == "." || segment == ".." || !segment.utf8.allSatisfy(ServerURL.isPathByte) {
                problems.error(
                    operation.pathMark, "a path is segments of URL characters; a parameter in braces is a whole segment, /{team}/"
                )
                return nil
            }
        }
        return names
    }

    // MARK: - Security

    private mutating func auth(_ operation: Operation, prefix: LocatedNode?) -> AuthPlan? {
        let security = operation.node["security"] ?? root["security"]
        let requirements = security?.elements?.compactMap(\.pairs).filter { !$0.isEmpty } ?? []
        guard let first = requirements.first?.first else {
            problems.error(
                security?.mark ?? operation.pathMark, "no security is documented: how is the key sent?",
                hint: "add security: [{key: []}] and components.securitySchemes.key")
            return nil
        }
        let schemes = root["components"]?["securitySchemes"]
        guard let node = schemes?[first.key], let scheme = LocalReference.follow(node, in: root, &problems) else {
            let near = NearestName.find(first.key, among: schemes?.pairs?.map(\.key) ?? [])
            problems.error(
                first.keyMark, "components.securitySchemes has no \(DefinitionProblems.quoted(first.key))",
                hint: near.map { "did you mean \($0)?" })
            return nil
        }
        return auth(scheme, prefix: prefix)
    }

    private mutating func auth(_ scheme: LocatedNode, prefix: LocatedNode?) -> AuthPlan? {
        switch (scheme["type"]?.text, scheme["scheme"]?.text?.lowercased()) {
        case ("apiKey"?, _):
            guard scheme["in"]?.text == "header", let name = scheme["name"], let header = name.text, HeaderText.isName(header)
            else {
                problems.error(scheme.mark, "an apiKey is sent in a header: in: header, name: x-api-key")
                return nil
            }
            guard !HeaderText.isReserved(header) else {
                problems.error(name.mark, "\(header.lowercased()) cannot carry a key")
                return nil
            }
            let text = prefix?.text ?? ""
            guard HeaderText.isValue(text), text.utf8.count <= 32 else {
                problems.error(prefix?.mark ?? scheme.mark, "prefix is at most 32 printable characters, such as \"Token \"")
                return nil
            }
            return AuthPlan(displayName: header, scheme: .apiKey(prefix: text.isEmpty || text.hasSuffix(" ") ? text : text + " "))
        case ("http"?, "bearer"?):
            refusePrefix(prefix)
            return AuthPlan(displayName: "Authorization", scheme: .apiKey(prefix: "Bearer "))
        case ("http"?, "basic"?):
            refusePrefix(prefix)
            return AuthPlan(displayName: "Authorization", scheme: .basic)
        default:
            problems.error(scheme.mark, "security is of type apiKey (in: header) or http (scheme: bearer or basic)")
            return nil
        }
    }

    private mutating func refusePrefix(_ prefix: LocatedNode?) {
        guard let prefix else { return }
        problems.error(prefix.mark, "prefix goes with security of type apiKey; bearer and basic have their own")
    }
}
