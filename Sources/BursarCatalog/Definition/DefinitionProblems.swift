import BursarBasics

/// Collects what is wrong with one definition file. *Value.*
struct DefinitionProblems {
    private let file: String
    private var listed: [Diagnostic] = []
    private var errors = 0
    private var warnings = 0
    /// The last place with something wrong, listed or not.
    private var last = TextMark(line: 1, column: 1)

    /// A file of nothing but mistakes must not fill a screen, or memory. Of each severity, so that no number of warnings hides an
    /// error.
    private static let most = 100

    init(file: String) { self.file = file }

    var hasErrors: Bool { errors > 0 }

    /// As they were found, and behind them how many are not listed.
    var diagnostics: [Diagnostic] { listed + [unlisted(.error, of: errors), unlisted(.warning, of: warnings)].compactMap(\.self) }

    private func unlisted(_ severity: Diagnostic.Severity, of count: Int) -> Diagnostic? {
        guard count > Self.most else { return nil }
        let more = count - Self.most
        // At the last place, because diagnostics are told in the order of their places.
        return Diagnostic(
            severity: severity, file: file, line: last.line, column: last.column,
            message: "\(more) more \(severity.rawValue)\(more == 1 ? " is" : "s are") not listed")
    }

    mutating func error(_ mark: TextMark, _ message: String, hint: String? = nil) { add(.error, mark, message, hint) }
    mutating func warning(_ mark: TextMark, _ message: String, hint: String? = nil) { add(.warning, mark, message, hint) }

    mutating func add(_ diagnostic: Diagnostic) {
        last = max(last, TextMark(line: diagnostic.line, column: diagnostic.column))
        let count: Int
        switch diagnostic.severity {
        case .error:
            errors += 1
            count = errors
        case .warning:
            warnings += 1
            count = warnings
        }
        if count <= Self.most { listed.append(diagnostic) }
    }

    private mutating func add(_ severity: Diagnostic.Severity, _ mark: TextMark, _ message: String, _ hint: String?) {
        // A name of the file's own may stand in a hint, and nothing that commands a terminal.
        let hint = hint.flatMap { $0.unicodeScalars.contains { LineText.isCommand($0) } ? nil : $0 }
        add(Diagnostic(severity: severity, file: file, line: mark.line, column: mark.column, message: message, hint: hint))
    }
}
