/// Something wrong, or worth a warning, in a file that a person wrote. *Value.* Whoever makes one sees to it that its text quotes no secret.
package struct Diagnostic: Error, Sendable, Hashable {
    /// *Value.*
    package enum Severity: String, Sendable {
        /// A start is refused until it is mended; a reload keeps the earlier configuration.
        case error
        /// It works, but probably not as meant.
        case warning
    }

    package let severity: Severity
    package let file: String
    /// Lines and columns count from 1. 0: there is no place, as for a command-line option.
    package let line: Int
    package let column: Int
    /// What is wrong and the rule it breaks.
    package let message: String
    /// What to do, or what was probably meant.
    package let hint: String?

    package init(
        severity: Severity, file: String, line: Int = 0, column: Int = 0, message: String, hint: String? = nil
    ) {
        self.severity = severity
        self.file = file
        self.line = line
        self.column = column
        self.message = message
        self.hint = hint
    }
}

extension Diagnostic: CustomStringConvertible {
    /// `bursar.yaml:12:5: error: unknown key "uint" in an amount; did you mean unit?`: the form that editors can jump from.
    package var description: String {
        let place = line > 0 ? "\(file):\(line):\(column)" : file
        return "\(place): \(severity.rawValue): \(message)" + (hint.map { "; \($0)" } ?? "")
    }
}

extension Diagnostic: Comparable {
    /// By place, so that all problems of a file read from top to bottom; then by all else that tells two apart.
    package static func < (left: Diagnostic, right: Diagnostic) -> Bool {
        let (first, second) = ((left.file, left.line, left.column), (right.file, right.line, right.column))
        guard first == second else { return first < second }
        return (left.message, left.severity.rawValue, left.hint == nil ? 0 : 1, left.hint ?? "")
            < (right.message, right.severity.rawValue, right.hint == nil ? 0 : 1, right.hint ?? "")
    }
}
