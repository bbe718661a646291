import BursarCatalog
import BursarModel

/// The kinds of single values.
extension ConfigurationParser {
    /// A scalar's text; a number or a boolean is text, too, wherever text is wanted. Null and blank are errors.
    mutating func text(_ node: LocatedNode, _ name: String, expected: String) -> String? {
        guard case .scalar(let text, _) = node.content else {
            problems.error(at(node), "\(name) must be \(expected)")
            return nil
        }
        guard !node.isNull, text.contains(where: { !$0.isWhitespace }) else {
            problems.error(at(node), "\(name) is blank; expected \(expected)")
            return nil
        }
        return text
    }

    mutating func boolean(_ entry: Entry?, _ name: String) -> Bool? {
        guard let entry else { return nil }
        if let boolean = entry.node.boolean { return boolean }
        guard let text = text(entry.node, name, expected: "true or false") else { return nil }
        let words = [
            "yes": "true", "on": "true", "y": "true", "1": "true", "no": "false", "off": "false", "n": "false", "0": "false",
            "true": "true", "false": "false"
        ]
        problems.error(
            at(entry.node), "\(name) must be true or false",
            meant: words[text.lowercased()] ?? NearestName.find(text, among: ["true", "false"]))
        return nil
    }

    mutating func choice<Choice: RawRepresentable & CaseIterable>(_ entry: Entry?, _ name: String) -> Choice?
    where Choice.RawValue == String {
        guard let entry else { return nil }
        let names = Choice.allCases.map(\.rawValue)
        let expected = "one of " + names.joined(separator: ", ")
        guard let text = text(entry.node, name, expected: expected) else { return nil }
        if let choice = Choice(rawValue: text) { return choice }
        let lowercased = text.lowercased()
        let synonyms = ["warn": "warning", "err": "error", "fatal": "critical", "verbose": "debug", "plain": "text"]
        problems.error(
            at(entry.node), "\(name) must be \(expected)",
            meant: [lowercased, synonyms[lowercased]].compactMap(\.self).first(where: names.contains)
                ?? NearestName.find(lowercased, among: names))
        return nil
    }

    mutating func duration(_ entry: Entry?, _ name: String, in range: ClosedRange<Duration>) -> Duration? {
        guard let entry else { return nil }
        let expected = "a duration such as 250ms, 30s, 5m, 24h or 7d"
        guard let text = text(entry.node, name, expected: expected) else { return nil }
        let place = at(entry.node)
        do throws(DurationText.Refusal) {
            let duration = try DurationText.parse(text)
            guard range.contains(duration) else {
                problems.error(place, "\(name) must be within \(DurationText.bounds(range))")
                return nil
            }
            return duration
        } catch {
            switch error {
            // Only what would be taken is proposed: a proposal that leads into the next error helps nobody.
            case .unitMissing(let number):
                problems.error(
                    place, "\(name) has no unit (ms, s, m, h or d)", meant: DurationText.meant(by: number, in: range),
                    otherwise: "it must be within \(DurationText.bounds(range))")
            case .unitUnknown(let meant):
                problems.error(
                    place, "\(name) must be \(expected): one number, one unit",
                    meant: meant.flatMap { DurationText.isText($0, in: range) ? $0 : nil },
                    otherwise: meant.map { _ in "it must be within \(DurationText.bounds(range))" })
            case .negative: problems.error(place, "\(name) must not be negative")
            case .notANumber: problems.error(place, "\(name) must be \(expected)")
            case .tooLarge:
                problems.error(place, "\(name) must be at most \(DurationText.format(range.upperBound))")
            }
            return nil
        }
    }

    /// The account's low limit: digits as written, through no binary float.
    mutating func amount(_ entry: Entry?, _ name: String) -> ExactDecimal? {
        guard let entry else { return nil }
        let expected = "a number such as 50 or 12.50, in the provider's unit"
        guard let text = text(entry.node, name, expected: expected) else { return nil }
        guard let value = ExactDecimal(text) else {
            problems.error(at(entry.node), "\(name) must be \(expected), of at most \(ExactDecimal.maxDigits) digits")
            return nil
        }
        guard !value.isNegative else {
            problems.error(at(entry.node), "\(name) must not be negative")
            return nil
        }
        return value
    }

    /// One text or a list of them, with their places: `listen: a` says the same as `listen: [a]`.
    mutating func texts(_ entry: Entry?, _ name: String, element: String, atMost limit: Int) -> [(String, ConfigurationPlace)]? {
        guard let entry else { return nil }
        if case .sequence(let nodes) = entry.node.content {
            guard nodes.count <= limit else {
                problems.error(at(entry.node), "\(name) has \(nodes.count) elements; at most \(limit) are taken")
                return nil
            }
            var texts: [(String, ConfigurationPlace)] = []
            for node in nodes {
                if let text = text(node, "an element of \(name)", expected: element) { texts.append((text, at(node))) }
            }
            return texts
        }
        if entry.node.isNull { return [] }
        return text(entry.node, name, expected: "\(element), or a list of such").map { [($0, at(entry.node))] }
    }

    /// `~/` is the home folder, and a relative path starts where the configuration stands, so that it means the same from
    /// wherever the program is started. Nil, and reported, where there is no home.
    /// - Parameter start: another beginning for relative ones than ``wholeFolder``.
    mutating func resolvedPath(_ path: String, _ place: ConfigurationPlace, from start: String? = nil) -> String? {
        if path.hasPrefix("/") { return path }
        guard path.hasPrefix("~/") else {
            return (start ?? wholeFolder) + (path.hasPrefix("./") ? String(path.dropFirst(2)) : path)
        }
        guard let home = sources.home else {
            problems.error(place, "~ stands for $HOME, which is not set")
            return nil
        }
        return home + path.dropFirst()
    }
}
