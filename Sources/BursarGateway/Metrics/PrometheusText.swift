import BursarModel

/// Writes the Prometheus text format, version 0.0.4: one family after another. *Value.*
///
/// Values are given as text, so that a balance appears in `/metrics` with the digits that the provider sent. (A scraper makes
/// floats of them; what it does is its own affair, and docs/api.md says so.)
struct PrometheusText {
    enum Kind: String { case counter, gauge, histogram }

    private(set) var bytes: [UInt8] = []
    private var family: [UInt8] = []

    mutating func family(_ name: StaticString, _ kind: Kind, _ help: StaticString) {
        family = name.withUTF8Buffer { Array($0) }
        bytes.append(contentsOf: "# HELP \(name) \(help)\n# TYPE \(name) \(kind.rawValue)\n".utf8)
    }

    /// One sample of the family begun last.
    /// - Parameter suffix: `_bucket`, `_sum`, `_count` of a histogram.
    mutating func sample(_ labels: MetricLabels, suffix: StaticString = "", _ value: String) {
        bytes.append(contentsOf: family)
        suffix.withUTF8Buffer { bytes.append(contentsOf: $0) }
        if !labels.text.isEmpty {
            bytes.append(UInt8(ascii: "{"))
            bytes.append(contentsOf: labels.text)
            bytes.append(UInt8(ascii: "}"))
        }
        bytes.append(UInt8(ascii: " "))
        bytes.append(contentsOf: value.utf8)
        bytes.append(UInt8(ascii: "\n"))
    }

    mutating func sample(_ labels: [(name: StaticString, value: String)], suffix: StaticString = "", _ value: String) {
        sample(MetricLabels(labels), suffix: suffix, value)
    }

    /// The one sample of a family without labels.
    mutating func sample(value: String) { sample(MetricLabels.none, value) }

    /// All samples of one label set of a histogram.
    /// - Parameter counts: of each bucket alone, the last of what was slower than all bounds.
    mutating func histogram(_ labels: MetricLabels, bounds: [Duration], counts: [Int], total: Duration) {
        var sum = 0
        for (bound, count) in zip(bounds, counts) {
            sum += count
            sample(labels.with("le", bound.secondsText), suffix: "_bucket", String(sum))
        }
        let all = String(sum + (counts.last ?? 0))
        sample(labels.with("le", "+Inf"), suffix: "_bucket", all)
        sample(labels, suffix: "_sum", total.secondsText)
        sample(labels, suffix: "_count", all)
    }
}

/// Labels as they stand between the braces. *Value.* Those that many samples share are written once.
struct MetricLabels {
    static let none = MetricLabels([])

    fileprivate private(set) var text: [UInt8] = []

    init(_ labels: [(name: StaticString, value: String)]) {
        for label in labels { append(label.name, label.value) }
    }

    func with(_ name: StaticString, _ value: String) -> MetricLabels {
        var labels = self
        labels.append(name, value)
        return labels
    }

    /// An absent label and an empty one are the same to Prometheus.
    func with(_ name: StaticString, _ value: String?) -> MetricLabels { value.map { with(name, $0) } ?? self }

    private mutating func append(_ name: StaticString, _ value: String) {
        if !text.isEmpty { text.append(UInt8(ascii: ",")) }
        name.withUTF8Buffer { text.append(contentsOf: $0) }
        text.append(contentsOf: "=\"".utf8)
        for byte in value.utf8 {
            switch byte {
            case UInt8(ascii: "\\"): text.append(contentsOf: #"\\"#.utf8)
            case UInt8(ascii: "\""): text.append(contentsOf: #"\""#.utf8)
            case UInt8(ascii: "\n"): text.append(contentsOf: #"\n"#.utf8)
            default: text.append(byte)
            }
        }
        text.append(UInt8(ascii: "\""))
    }
}

extension Duration {
    /// Seconds, exact to the nanosecond, without a float: "0.25".
    var secondsText: String { decimalText(units: components.seconds, nanoseconds: components.attoseconds / 1_000_000_000) }
}

extension WallTime {
    /// Seconds since 1970, exact to the millisecond: "1795215360.123".
    var timestampText: String {
        decimalText(units: milliseconds / 1_000, nanoseconds: (milliseconds % 1_000) * 1_000_000)
    }
}

/// - Parameters: both of one sign.
private func decimalText(units: Int64, nanoseconds: Int64) -> String {
    let sign = units < 0 || nanoseconds < 0 ? "-" : ""
    var fraction = String(nanoseconds.magnitude)
    fraction = String(repeating: "0", count: max(0, 9 - fraction.utf8.count)) + fraction
    while fraction.utf8.last == UInt8(ascii: "0") { fraction.removeLast() }
    return sign + String(units.magnitude) + (fraction.isEmpty ? "" : "." + fraction)
}
