import Yams

extension LocatedReader {
    /// YAML, one document. Refused: anything over the limits, invalid UTF-8, anchors and aliases (a few lines of them can stand
    /// for billions of nodes), tags, keys that are no scalars, duplicate keys. An empty document is an empty mapping.
    package static func yaml(
        _ bytes: [UInt8], file: String, limits: LocatedLimits = LocatedLimits()
    ) throws(Diagnostic) -> LocatedNode {
        let bytes = bytes.withoutByteOrderMark
        guard bytes.count <= limits.bytes else { throw .init(file, nil, "larger than \(limits.bytes) bytes") }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw .init(file, TextMark(firstInvalidUTF8In: bytes), "not valid UTF-8")
        }
        if let mark = YAMLAliases.firstUsed(in: bytes) {
            throw .init(file, mark, "anchors and aliases are not read here", hint: "write the value out")
        }
        let root: Node?
        do {
            // `.basic` resolves no types: the default one runs a row of regular expressions over every key. What is plain and
            // what is quoted is told by the scalar's style.
            root = try Parser(yaml: text, resolver: .basic, encoding: .utf8).singleRoot()
        } catch {
            throw Diagnostic(file, yamlError: error, in: bytes)
        }
        guard let root else { return LocatedNode(.mapping([]), at: TextMark(line: 1, column: 1)) }
        var converter = YAMLConverter(file: file, limits: limits, nodesLeft: limits.nodes)
        return try converter.node(root, depth: 0)
    }
}

extension Diagnostic {
    fileprivate init(_ file: String, _ mark: TextMark?, _ message: String, hint: String? = nil) {
        self.init(
            severity: .error, file: file, line: mark?.line ?? 0, column: mark?.column ?? 0, message: message, hint: hint)
    }

    /// Only libyaml's fixed words and the place: its error values carry the whole document, and their descriptions quote it.
    fileprivate init(_ file: String, yamlError error: any Error, in bytes: [UInt8]) {
        switch error {
        case YamlError.scanner(let context, let problem, let mark, _), YamlError.parser(let context, let problem, let mark, _),
            YamlError.composer(let context, let problem, let mark, _):
            let words = [context?.text, problem].compactMap(\.self).joined(separator: ", ")
            self.init(file, TextMark(mark), "not valid YAML: \(words)", hint: Self.hint(for: mark, in: bytes))
        case YamlError.duplicatedKeysInMapping(let keys, let context):
            // Keys that are no texts, or differ in their tag alone, have no order for the library: which of several it names changes
            // from run to run.
            let isOrdered = keys.count == 1 || (Set(keys).count == keys.count && !keys.contains("<uncovertable>"))
            let named = isOrdered ? keys.first.flatMap { QuotableName.cannotBeKey($0) ? "\"\($0)\"" : nil } : nil
            self.init(
                file, isOrdered ? TextMark(context.mark) : TextMark(firstWordIn: bytes),
                "\(named ?? "a key") stands twice in one mapping", hint: "keep one")
        case YamlError.reader(let problem, _, let value, _):
            self.init(file, TextMark(first: value, in: bytes), "not valid YAML: \(problem)")
        default:
            self.init(file, nil, "not valid YAML")
        }
    }

    /// What libyaml does not say of the slips that are made most; no word of the document.
    private static func hint(for mark: Mark, in bytes: [UInt8]) -> String? {
        let lines = bytes.split(separator: 0x0A, maxSplits: max(mark.line, 1), omittingEmptySubsequences: false)
        guard mark.line >= 1, lines.indices.contains(mark.line - 1) else { return nil }
        let line = lines[mark.line - 1]
        if line.prefix(while: { $0 == 0x20 || $0 == 0x09 }).contains(0x09) {
            return "indent with spaces; YAML takes no tabs there"
        }
        // `[::1]:8787` opens a list for YAML.
        if zip(line, line.dropFirst()).contains(where: { $0 == (0x5D, 0x3A) || $0 == (0x5B, 0x3A) }) {
            return "an address with brackets stands in quotation marks: \"[::1]:8787\""
        }
        let text = line.drop { $0 != 0x3A && $0 != 0x2D }.dropFirst().drop { $0 == 0x20 }
        guard let first = text.first, "@`%".utf8.contains(first) else { return nil }
        return "a text that begins with such a sign stands in quotation marks"
    }
}

extension TextMark {
    fileprivate init(_ mark: Mark) { self.init(line: mark.line, column: mark.column) }

    fileprivate init(firstWordIn bytes: [UInt8]) {
        self.init(offset: bytes.firstIndex { $0 > 0x20 } ?? 0, in: bytes)
    }

    fileprivate init(firstInvalidUTF8In bytes: [UInt8]) {
        var parser = Unicode.UTF8.ForwardParser()
        var rest = bytes.makeIterator()
        var offset = 0
        while case .valid(let scalar) = parser.parseScalar(from: &rest) { offset += scalar.count }
        self.init(offset: offset, in: bytes)
    }

    /// Of the first character of that number: libyaml ends at it, and Yams counts its place in another unit.
    fileprivate init?(first character: Int32, in bytes: [UInt8]) {
        guard let scalar = UInt32(exactly: character).flatMap({ Unicode.Scalar($0) }) else { return nil }
        let text = String(decoding: bytes, as: UTF8.self)
        // One byte order mark may stand at the beginning.
        let start = text.unicodeScalars.first == "\u{FEFF}" ? text.unicodeScalars.index(after: text.startIndex) : text.startIndex
        guard let place = text.unicodeScalars[start...].firstIndex(of: scalar) else { return nil }
        self.init(offset: text.utf8.distance(from: text.startIndex, to: place), in: bytes)
    }
}

/// Turns Yams's nodes into ours. *Value,* used once. No node is ever compared or hashed: that would resolve tags.
private struct YAMLConverter {
    let file: String
    let limits: LocatedLimits
    var nodesLeft: Int

    mutating func node(_ node: Node, depth: Int) throws(Diagnostic) -> LocatedNode {
        let mark = node.mark.map { TextMark($0) } ?? TextMark(line: 1, column: 1)
        nodesLeft -= 1
        guard nodesLeft >= 0 else { throw .init(file, mark, "more than \(limits.nodes) values") }
        guard depth <= limits.depth else { throw .init(file, mark, "nested deeper than \(limits.depth)") }
        switch node {
        case .scalar(let scalar):
            let isPlain = scalar.style == .plain || scalar.style == .any
            try refuseTag(scalar.tag.rawValue, isQuoted: !isPlain, at: mark)
            return LocatedNode(.scalar(scalar.string, isPlain: isPlain), at: mark)
        case .sequence(let sequence):
            try refuseTag(sequence.tag.rawValue, isQuoted: false, at: mark)
            var elements: [LocatedNode] = []
            elements.reserveCapacity(sequence.count)
            for element in sequence { elements.append(try self.node(element, depth: depth + 1)) }
            return LocatedNode(.sequence(elements), at: mark)
        case .mapping(let mapping):
            try refuseTag(mapping.tag.rawValue, isQuoted: false, at: mark)
            return LocatedNode(.mapping(try pairs(mapping, depth: depth)), at: mark)
        case .alias:
            throw .init(file, mark, "anchors and aliases are not read here")
        }
    }

    private mutating func pairs(_ mapping: Node.Mapping, depth: Int) throws(Diagnostic) -> [LocatedNode.Pair] {
        var pairs: [LocatedNode.Pair] = []
        pairs.reserveCapacity(mapping.count)
        var keys = UniqueKeys()
        for (key, value) in mapping {
            let mark = key.mark.map { TextMark($0) } ?? TextMark(line: 1, column: 1)
            guard case .scalar(let scalar) = key else { throw .init(file, mark, "a key must be a single text") }
            // Yams has refused equal keys; `a` and `"a"` differ for it in their tags.
            guard keys.insert(scalar.string) else {
                throw .init(file, mark, "a key stands twice in one mapping", hint: "keep one")
            }
            pairs.append(.init(key: scalar.string, keyMark: mark, value: try node(value, depth: depth + 1)))
        }
        return pairs
    }

    /// libyaml gives quoted text the tag of strings by itself; every other one was written.
    private func refuseTag(_ tag: String, isQuoted: Bool, at mark: TextMark) throws(Diagnostic) {
        guard tag.isEmpty || isQuoted && tag == Tag.Name.str.rawValue else {
            throw .init(file, mark, "tags (!…) are not read here")
        }
    }
}
