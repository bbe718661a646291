/// Collects what is wrong with one definition file. *Value.*
struct DefinitionProblems {
    private let file: String
    private(set) var diagnostics: [Diagnostic] = []
    private(set) var hasErrors = false

    /// A file of nothing but mistakes must not fill a screen, or memory.
    private static let most = 100

    init(file: String) { self.file = file }

    mutating func error(_ mark: TextMark, _ message: String, hint: String? = nil) {
        hasErrors = true
        add(.error, mark, message, hint)
    }

    mutating func warning(_ mark: TextMark, _ message: String, hint: String? = nil) { add(.warning, mark, message, hint) }

    mutating func add(_ diagnostic: Diagnostic) {
        if diagnostic.severity == .error { hasErrors = true }
        guard diagnostics.count < Self.most else { return }
        diagnostics.append(diagnostic)
    }

    private mutating func add(_ severity: Diagnostic.Severity, _ mark: TextMark, _ message: String, _ hint: String?) {
        add(Diagnostic(severity: severity, file: file, line: mark.line, column: mark.column, message: message, hint: hint))
    }
}
