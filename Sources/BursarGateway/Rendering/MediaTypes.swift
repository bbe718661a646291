import BursarBasics
import BursarModel

/// `Accept` (RFC 9110 12.5.1), as far as this gateway offers a choice: JSON, or the table as plain text. Pure.
enum MediaTypes {
    /// Whether plain text is wanted more than JSON. Anything else, also no header at all, means JSON (contract 4.1).
    static func prefersPlainText(_ fields: [String]) -> Bool {
        var text = (quality: 0, specificity: -1)
        var json = (quality: 0, specificity: -1)
        for range in fields.flatMap({ $0.splitOutsideQuotes(at: UInt8(ascii: ",")) }) {
            let parts = range.splitOutsideQuotes(at: UInt8(ascii: ";")).map(\.trimmed)
            guard let type = parts.first?.lowercased() else { continue }
            let quality = parts.dropFirst().lazy.compactMap(Self.quality).first ?? 1_000
            func offer(_ held: inout (quality: Int, specificity: Int), _ specificity: Int) {
                if specificity > held.specificity { held = (quality, specificity) }
            }
            switch type {
            case "text/plain": offer(&text, 2)
            case "text/*": offer(&text, 1)
            case "application/json": offer(&json, 2)
            case "application/*": offer(&json, 1)
            case "*/*":
                offer(&text, 0)
                offer(&json, 0)
            default: continue
            }
        }
        return text.quality > json.quality
    }

    /// `q=0.5` in thousandths: weights are compared, so they need no binary float.
    private static func quality(_ parameter: String) -> Int? {
        let parameter = parameter.lowercased()
        guard parameter.hasPrefix("q=") else { return nil }
        let digits = parameter.dropFirst(2).split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        guard digits.count <= 2, let whole = digits.first, whole == "0" || whole == "1" else { return 0 }
        let fraction = digits.count == 2 ? digits[1] : ""
        guard fraction.utf8.count <= 3, fraction.utf8.allSatisfy(\.isASCIIDigit) else { return 0 }
        let thousandths = Int(fraction + String(repeating: "0", count: 3 - fraction.utf8.count)) ?? 0
        return min(1_000, (whole == "1" ? 1_000 : 0) + thousandths)
    }
}
