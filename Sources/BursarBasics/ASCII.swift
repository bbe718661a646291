extension UInt8 {
    package var isASCIIDigit: Bool { self >= 0x30 && self <= 0x39 }
    package var isASCIILetter: Bool { (self | 0x20) >= 0x61 && (self | 0x20) <= 0x7A }
    /// No control byte, and nothing beyond ASCII.
    package var isPrintableASCII: Bool { self >= 0x20 && self < 0x7F }
    /// The same without the blank.
    package var isVisibleASCII: Bool { self > 0x20 && self < 0x7F }
}

/// Digits only, as HTTP numbers are: `Int("+5")` and `Int("-0")` parse in Swift, which no header grammar allows.
package func parseASCIIDigits(_ text: some StringProtocol) -> Int? {
    guard !text.isEmpty, text.utf8.count <= 18, text.utf8.allSatisfy(\.isASCIIDigit) else { return nil }
    return Int(text)
}

extension StringProtocol where SubSequence == Substring {
    /// Without blanks and tabulators at its ends (OWS, RFC 9110 5.6.3).
    package var trimmingBlanks: Substring {
        var rest = self[...]
        while let first = rest.first, first == " " || first == "\t" { rest.removeFirst() }
        while let last = rest.last, last == " " || last == "\t" { rest.removeLast() }
        return rest
    }
}
