@testable import BursarCatalog

/// Other texts that say the same as a YAML text. *Stateless.*
enum YAMLRewriting {
    /// Whether an empty line may be put in front: a byte order mark and a directive stand at the beginning.
    static func takesLineBefore(_ bytes: [UInt8]) -> Bool {
        guard let first = bytes.first else { return false }
        return first != 0xEF && first != 0xFE && first != 0xFF && first != UInt8(ascii: "%")
    }

    /// In one line, in flow style, with everything quoted that is not plainly a word or a number. Nil where YAML could not say it so: a
    /// key in flow style is at most 1,024 characters from its colon.
    static func inOneLine(_ node: LocatedNode) -> [UInt8]? {
        var text = ""
        return write(node, &text) ? Array(text.utf8) : nil
    }

    private static func write(_ node: LocatedNode, _ text: inout String) -> Bool {
        switch node.content {
        case .scalar(let scalar, let isPlain):
            if isPlain, node.isNull || LocatedNode.isNumber(scalar) || scalar.utf8.allSatisfy({ isWordByte($0) }) {
                text += scalar.isEmpty ? "null" : scalar
            } else {
                quote(scalar, &text)
            }
            return true
        case .sequence(let elements):
            text += "["
            for (index, element) in elements.enumerated() {
                if index > 0 { text += ", " }
                guard write(element, &text) else { return false }
            }
            text += "]"
            return true
        case .mapping(let pairs):
            text += "{"
            for (index, pair) in pairs.enumerated() {
                if index > 0 { text += ", " }
                let start = text.utf8.count
                quote(pair.key, &text)
                guard text.utf8.count - start < 1_000 else { return false }
                text += ": "
                guard write(pair.value, &text) else { return false }
            }
            text += "}"
            return true
        }
    }

    private static func isWordByte(_ byte: UInt8) -> Bool {
        byte >= 0x30 && byte <= 0x39 || (byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7A
    }

    private static func quote(_ scalar: String, _ text: inout String) {
        text += "\""
        for unit in scalar.unicodeScalars {
            switch unit {
            case "\"", "\\": text += "\\" + String(unit)
            case " "..."~": text.unicodeScalars.append(unit)
            default:
                let digits = String(unit.value, radix: 16)
                text += "\\U" + String(repeating: "0", count: 8 - digits.count) + digits
            }
        }
        text += "\""
    }
}

extension Diagnostic {
    /// Every error of a file that has a text has a place in it, and no message commands a terminal.
    func checkForm(file own: String) throws(BrokenRule) {
        if file == own { try demand(line >= 1 && column >= 1, "no place: \(description)") }
        for words in [message, hint ?? "-"] {
            try demand(!words.isEmpty && words.utf8.count < 2_000, "\(words.utf8.count) bytes of a message")
            let isControl = words.unicodeScalars.contains { $0.value < 0x20 || (0x7F...0x9F).contains($0.value) }
            try demand(!isControl, "a control character in: \(words.debugDescription)")
        }
    }

    /// What it says, wherever it stands: figures may be lines.
    var withoutPlace: String {
        var text = severity.rawValue + " " + (hint.map { message + "; " + $0 } ?? message)
        text.removeAll { $0.isNumber }
        return text
    }

    func moved(byLines lines: Int, in own: String) -> Diagnostic {
        guard file == own, line > 0 else { return self }
        return Diagnostic(severity: severity, file: file, line: line + lines, column: column, message: message, hint: hint)
    }
}
