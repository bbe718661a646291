import BursarModel

/// Where the facts are from, and what is expected of the examples.
extension MappingReader {
    mutating func sources(_ node: LocatedNode) -> [String] {
        let sources = list(node).compactMap { text($0, "source", atMost: 300) }
        if sources.count > 8 { problems.error(node.mark, "source is at most 8 addresses") }
        return sources
    }

    mutating func page(_ node: LocatedNode, _ name: String) -> String? {
        if let link = node.text.flatMap({ Self.link($0) }) { return link }
        problems.error(node.mark, "\(name) is the https:// address of a page")
        return nil
    }

    mutating func links(_ node: LocatedNode, into links: inout ProviderLinks) {
        for pair in entries(of: node, in: .links) {
            let page = page(pair.value, pair.key)
            switch pair.key {
            case "documentation": links.documentation = page
            case "top_up": links.topUp = page
            default: links.status = page
            }
        }
    }

    /// `2026-11-26`.
    mutating func day(_ node: LocatedNode) -> String? {
        if let text = node.text, text.utf8.count == 10, WallTime(rfc3339: text + "T00:00:00Z") != nil { return text }
        problems.error(node.mark, "a day is written 2026-11-26")
        return nil
    }

    mutating func verified(_ node: LocatedNode, into provenance: inout Provenance) {
        typealias Certainty = Provenance.Certainty
        if node.pairs != nil { return witness(node, into: &provenance) }
        provenance.certainty = node.text.flatMap { Certainty(rawValue: $0) }
        if provenance.certainty == .live { missingWitness(node) }
        guard provenance.certainty == nil else { return }
        let names = Certainty.allCases.map(\.rawValue)
        problems.error(
            node.mark, "verified is one of " + names.joined(separator: ", "),
            hint: NearestName.find(node.text ?? "", among: names).map { "did you mean \($0)?" })
    }

    /// `{live: Jane Doe, on: 2026-12-01}`.
    private mutating func witness(_ node: LocatedNode, into provenance: inout Provenance) {
        for pair in entries(of: node, in: .verified) {
            if pair.key == "on" {
                provenance.witnessed = day(pair.value)
            } else {
                provenance.witness = text(pair.value, "live", atMost: 64)
            }
        }
        provenance.certainty = .live
        if provenance.witness == nil || provenance.witnessed == nil { missingWitness(node) }
    }

    private mutating func missingWitness(_ node: LocatedNode) {
        problems.error(node.mark, "who saw it live, and when?", hint: "verified: {live: Jane Doe, on: 2026-12-01}")
    }

    /// By example: the lines of its reading, or the one word of its failure.
    mutating func expect(_ node: LocatedNode) -> [Expectation] {
        guard let pairs = node.pairs else {
            problems.error(
                node.mark, "expect is a mapping of examples and what they come to", hint: "\"200\": [available 12.50 USD]")
            return []
        }
        return pairs.map { pair in
            let lines = list(pair.value).compactMap(\.text).map(Self.normalized)
            return Expectation(example: pair.key, mark: pair.keyMark, lines: lines)
        }
    }

    /// Times as they are written here, one space between words.
    private static func normalized(_ line: String) -> String {
        line.split(separator: " ").map { word in
            guard word.utf8.count >= 20, let time = WallTime(rfc3339: word) else { return String(word) }
            return time.rfc3339
        }.joined(separator: " ")
    }
}
