/// Writes the Prometheus text format, version 0.0.4: one family after another. *Value.*
///
/// Values are given as text, so that a balance appears in `/metrics` with the digits that the provider sent. (A scraper makes
/// floats of them; what it does is its own affair, and docs/api.md says so.)
struct PrometheusText {
    enum Kind: String { case counter, gauge, histogram }

    private(set) var text = ""
    private var family = ""

    mutating func family(_ name: StaticString, _ kind: Kind, _ help: StaticString) {
        family = "\(name)"
        text += "# HELP \(name) \(help)\n# TYPE \(name) \(kind.rawValue)\n"
    }

    /// One sample of the family begun last.
    /// - Parameter suffix: `_bucket`, `_sum`, `_count` of a histogram.
    mutating func sample(_ labels: [(name: StaticString, value: String)], suffix: StaticString = "", _ value: String) {
        text += "\(family)\(suffix)"
        if !labels.isEmpty {
            text += "{" + labels.map { "\($0.name)=\"\(Self.escaped($0.value))\"" }.joined(separator: ",") + "}"
        }
        text += " \(value)\n"
    }

    /// The one sample of a family without labels.
    mutating func sample(value: String) { sample([], value) }

    private static func escaped(_ value: String) -> String {
        var escaped = ""
        for character in value {
            switch character {
            case "\\": escaped += "\\\\"
            case "\"": escaped += "\\\""
            case "\n": escaped += "\\n"
            default: escaped.append(character)
            }
        }
        return escaped
    }
}
