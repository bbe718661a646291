import BursarBasics
import BursarModel

/// Where and how to ask: path and security.
extension DefinitionReader {
    /// The GET or POST that tells the balance. *Value.*
    struct Operation {
        let method: ProviderDefinition.Method
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
            let found = pair.value["get"].map { (ProviderDefinition.Method.get, $0) } ?? pair.value["post"].map { (.post, $0) }
            guard let (method, node) = found else { return nil }
            return Operation(method: method, path: pair.key, pathMark: pair.keyMark, item: pair.value, node: node)
        }
        if let wanted {
            if let operation = operations.first(where: { $0.path == wanted.text }) { return operation }
            let near = NearestName.find(wanted.text ?? "", among: operations.map(\.path))
            problems.error(wanted.mark, "paths has no such path with a get or a post", hint: near.map { "did you mean \($0)?" })
            return nil
        }
        guard let first = operations.first else {
            problems.error(root["paths"]?.mark ?? mark, "no path has a get or a post")
            return nil
        }
        guard operations.count == 1 else {
            problems.error(
                mark, "\(operations.count) paths have a get or a post",
                hint: "say which one tells the balance: path: \(first.path)")
            return nil
        }
        return first
    }

    mutating func request(_ operation: Operation, _ settings: MappingReader.Settings) -> Request? {
        let server = server(operation)
        let auth = auth(operation, prefix: settings.prefix)
        guard let parameters = parameters(operation) else { return nil }
        guard let server, let auth else { return nil }
        for header in settings.headers where [auth.headerName, auth.secondHeader?.lowercased()].contains(header.name) {
            problems.error(header.mark, "headers: sets a header that carries the key")
        }
        if let body = settings.body, operation.method == .get {
            problems.error(body.mark, "a GET has no body", hint: "body goes with post")
        }
        warnOfUnsent(operation, settings)
        var all = parameters.map { AccountParameter(name: $0, isRequired: true) }
        func add(_ parameter: AccountParameter) {
            guard let index = all.firstIndex(where: { $0.name == parameter.name }) else { return all.append(parameter) }
            all[index].isRequired = all[index].isRequired || parameter.isRequired
        }
        for variable in server.template.variables {
            add(
                AccountParameter(
                    name: variable.name, isRequired: variable.standard == nil, standard: variable.standard,
                    allowed: variable.allowed))
        }
        for template in settings.query + settings.headers.map(\.value) {
            for parameter in template.parameters {
                add(AccountParameter(name: parameter.name, isRequired: !parameter.isOptional))
            }
        }
        for rule in settings.mapping.amounts {
            guard case .parameter(let name, let names) = rule.unit else { continue }
            if !all.contains(where: { $0.name == name }) {
                add(AccountParameter(name: name, isRequired: true, allowed: names.keys.sorted()))
            }
        }
        return Request(
            server: server.template, path: server.path + operation.path, method: operation.method, parameters: parameters,
            accountParameters: all, auth: auth)
    }

    /// A parameter that the document demands and nobody sends is a request that cannot succeed.
    private mutating func warnOfUnsent(_ operation: Operation, _ settings: MappingReader.Settings) {
        let nodes = (operation.item["parameters"]?.elements ?? []) + (operation.node["parameters"]?.elements ?? [])
        for node in nodes {
            guard node["required"]?.boolean == true, let name = node["name"]?.text else { continue }
            let isSent: Bool
            switch node["in"]?.text {
            case "query":
                isSent = settings.query.contains { template in
                    guard case .text(let text)? = template.pieces.first else { return false }
                    return text.hasPrefix(name + "=") || text == name
                }
            case "header": isSent = settings.headers.contains { $0.name == name.lowercased() }
            default: continue
            }
            guard !isSent else { continue }
            problems.warning(
                node.mark, "the parameter \(QuotableName.quoted(name)) is required and not sent",
                hint: "put it into query: or headers: of x-bursar")
        }
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
                guard RequestTemplate.isParameterName(name), !RequestTemplate.reserved.contains(name), !names.contains(name)
                else {
                    problems.error(operation.pathMark, "a path's parameters are different names in braces")
                    return nil
                }
                names.append(name)
            } else if segment == "." || segment == ".." || !segment.utf8.allSatisfy(\.isURLPathByte) {
                problems.error(
                    operation.pathMark,
                    "a path is segments of URL characters; a parameter in braces is a whole segment, /{team}/",
                    hint: segment.contains("?") ? "what stands behind the ? goes into query: of x-bursar" : nil)
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
        guard let scheme = scheme(first), let plan = auth(scheme, prefix: prefix) else { return nil }
        let others = requirements.first?.dropFirst() ?? []
        guard let other = others.first else { return plan }
        // All that stand in one element are needed together.
        guard let node = self.scheme(other), others.count == 1, plan.scheme != .basic, node["type"]?.text == "apiKey",
            node["in"]?.text == "header", let header = node["name"]?.text, HeaderText.isName(header),
            !HeaderText.isReserved(header), header.lowercased() != plan.headerName
        else {
            problems.error(
                other.keyMark,
                "a second secret is sent in a header of its own: type: apiKey, in: header, beside an apiKey or bearer")
            return nil
        }
        return AuthPlan(displayName: plan.displayName, scheme: plan.scheme, secondHeader: header)
    }

    private mutating func scheme(_ name: LocatedNode.Pair) -> LocatedNode? {
        let schemes = root["components"]?["securitySchemes"]
        if let node = schemes?[name.key] { return LocalReference.follow(node, in: root, &problems) }
        let near = NearestName.find(name.key, among: schemes?.pairs?.map(\.key) ?? [])
        problems.error(
            name.keyMark, "components.securitySchemes has no \(QuotableName.quoted(name.key, near: near))",
            hint: near.map { "did you mean \($0)?" })
        return nil
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
