extension LocatedReader {
    /// YAML, one document. Refused: anything over the limits, invalid UTF-8, anchors and aliases (a few lines of them can stand for
    /// billions of nodes), tags, keys that are no scalars, duplicate keys. An empty document is an empty mapping.
    package static func yaml(
        _ bytes: [UInt8], file: String, limits: LocatedLimits = LocatedLimits()
    ) throws(Diagnostic) -> LocatedNode {
        let bytes = bytes.withoutByteOrderMark
        guard bytes.count <= limits.bytes else { throw .init(file, nil, "larger than \(limits.bytes) bytes") }
        if let offset = bytes.firstInvalidUTF8 { throw .init(file, TextMark(offset: offset, in: bytes), "not valid UTF-8") }
        if let offset = bytes.firstTagDirective { throw .init(file, TextMark(offset: offset, in: bytes), YAMLReader.noTags) }
        let result = bytes.withUnsafeBufferPointer { text in
            Result { () throws(Diagnostic) in
                var reader = YAMLReader(text, bytes: bytes, file: file, limits: limits)
                return try reader.document()
            }
        }
        return try result.get()
    }
}

extension Diagnostic {
    fileprivate init(_ file: String, _ mark: TextMark?, _ message: String, hint: String? = nil) {
        self.init(
            severity: .error, file: file, line: mark?.line ?? 0, column: mark?.column ?? 0, message: message, hint: hint)
    }

    fileprivate init(_ file: String, _ problem: YAMLEvents.Problem, in bytes: [UInt8]) {
        let message = problem.words.isEmpty ? "not valid YAML" : "not valid YAML: \(problem.words)"
        switch problem.place {
        case .mark(let mark): self.init(file, mark, message, hint: Self.hint(for: mark, in: bytes))
        case .offset(let offset): self.init(file, TextMark(offset: offset, in: bytes), message)
        case nil: self.init(file, nil, message)
        }
    }

    /// What libyaml does not say of the slips that are made most; no word of the document.
    private static func hint(for mark: TextMark, in bytes: [UInt8]) -> String? {
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

extension [UInt8] {
    /// Where a byte stands that is no part of a character.
    fileprivate var firstInvalidUTF8: Int? {
        var parser = Unicode.UTF8.ForwardParser()
        var rest = makeIterator()
        var offset = 0
        while true {
            switch parser.parseScalar(from: &rest) {
            case .valid(let scalar): offset += scalar.count
            case .error: return offset
            case .emptyInput: return nil
            }
        }
    }
}

extension [UInt8] {
    /// Where a document's head declares a tag. libyaml compares each with all before it, and tells of none until the head ends.
    fileprivate var firstTagDirective: Int? {
        guard contains(UInt8(ascii: "%")) else { return nil }
        let text = String(decoding: self, as: UTF8.self)
        // YAML 1.1's line breaks, which libyaml knows.
        let breaks = "\n\r\u{85}\u{2028}\u{2029}".unicodeScalars
        for line in text.unicodeScalars.split(omittingEmptySubsequences: false, whereSeparator: breaks.contains) {
            if line.starts(with: "%TAG".unicodeScalars) { return text.utf8.distance(from: text.startIndex, to: line.startIndex) }
            // A head has directives, comments and nothing else.
            guard line.first.map({ $0 == "%" || $0 == "#" || $0 == " " || $0 == "\t" }) ?? true else { return nil }
        }
        return nil
    }
}

/// Makes values of what libyaml finds. *Value,* used once.
private struct YAMLReader: ~Copyable {
    static let noTags = "tags (!…) are not read here"

    private var events: YAMLEvents
    private let bytes: [UInt8]
    private let file: String
    private let limits: LocatedLimits
    private var nodesLeft: Int

    init(_ text: UnsafeBufferPointer<UInt8>, bytes: [UInt8], file: String, limits: LocatedLimits) {
        events = YAMLEvents(text)
        self.bytes = bytes
        self.file = file
        self.limits = limits
        nodesLeft = limits.nodes
    }

    mutating func document() throws(Diagnostic) -> LocatedNode {
        guard case .documentStart = try next() else { return LocatedNode(.mapping([]), at: TextMark(line: 1, column: 1)) }
        let root = try node(try next(), depth: 0)
        _ = try next()  // the document's end
        guard case .streamEnd = try next() else {
            throw problem("not valid YAML: expected a single document in the stream, but found another document")
        }
        return root
    }

    private mutating func next() throws(Diagnostic) -> YAMLEvents.Event {
        do {
            return try events.next()
        } catch {
            throw Diagnostic(file, error, in: bytes)
        }
    }

    /// At the last event's place.
    private func problem(_ message: String, hint: String? = nil) -> Diagnostic {
        Diagnostic(file, events.mark, message, hint: hint)
    }

    private mutating func node(_ event: YAMLEvents.Event, depth: Int) throws(Diagnostic) -> LocatedNode {
        let mark = events.mark
        nodesLeft -= 1
        guard nodesLeft >= 0 else { throw problem("more than \(limits.nodes) values") }
        guard depth <= limits.depth else { throw problem("nested deeper than \(limits.depth)") }
        switch event {
        case .scalar(let text, let isPlain):
            try refuseProperties()
            return LocatedNode(.scalar(text, isPlain: isPlain), at: mark)
        case .sequence:
            try refuseProperties()
            return LocatedNode(.sequence(try elements(depth: depth)), at: mark)
        case .mapping:
            try refuseProperties()
            return LocatedNode(.mapping(try pairs(depth: depth)), at: mark)
        case .alias: throw noAnchors
        // libyaml tells nothing else where a value may stand.
        case .documentStart, .streamEnd, .end: throw problem("not valid YAML")
        }
    }

    private mutating func elements(depth: Int) throws(Diagnostic) -> [LocatedNode] {
        var elements: [LocatedNode] = []
        while true {
            let event = try next()
            if case .end = event { return elements }
            elements.append(try node(event, depth: depth + 1))
        }
    }

    private mutating func pairs(depth: Int) throws(Diagnostic) -> [LocatedNode.Pair] {
        var pairs: [LocatedNode.Pair] = []
        var keys = UniqueKeys()
        while true {
            let event = try next()
            if case .end = event { return pairs }
            guard case .scalar(let key, _) = event else { throw problem("a key must be a single text") }
            try refuseProperties()
            guard keys.insert(key) else {
                let name = QuotableName.cannotBeKey(key) ? "\"\(key)\"" : "a key"
                throw problem("\(name) stands twice in one mapping", hint: "keep one")
            }
            let mark = events.mark
            pairs.append(.init(key: key, keyMark: mark, value: try node(try next(), depth: depth + 1)))
        }
    }

    private var noAnchors: Diagnostic { problem("anchors and aliases are not read here", hint: "write the value out") }

    private func refuseProperties() throws(Diagnostic) {
        if events.isTagged { throw problem(Self.noTags) }
        if events.isAnchored { throw noAnchors }
    }
}
