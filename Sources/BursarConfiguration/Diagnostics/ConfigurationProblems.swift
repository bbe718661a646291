import BursarCatalog
import BursarModel

/// Collects what is wrong with a configuration. *Value.*
struct ConfigurationProblems {
    private(set) var diagnostics: [Diagnostic] = []
    private(set) var findings: [AuditFinding] = []
    private(set) var errorCount = 0
    /// Errors that are counted and not told.
    private(set) var untoldErrors = 0
    private var firstUntold: ConfigurationPlace?
    /// What is told of a file of nothing but mistakes.
    private static let mostErrors = 100
    /// The second net under messages that quote no key by themselves: what was read as one is cut out of them by value.
    private var concealed: [Secret] = []

    var hasErrors: Bool { errorCount > 0 }
    var isFull: Bool { errorCount - untoldErrors >= Self.mostErrors }

    /// One error more, of which nothing is told.
    mutating func countError(at place: ConfigurationPlace?) {
        errorCount += 1
        untoldErrors += 1
        firstUntold = firstUntold ?? place
    }

    /// - Parameters:
    ///   - meant: what the writer probably meant; said instead of `otherwise`.
    ///   - otherwise: what to do where nothing is near.
    mutating func error(_ place: ConfigurationPlace, _ message: String, meant: String? = nil, otherwise: String? = nil) {
        guard !isFull else { return countError(at: place) }
        errorCount += 1
        add(.error, place, message, meant: meant, otherwise: otherwise)
    }

    mutating func warning(_ place: ConfigurationPlace, _ message: String, meant: String? = nil, otherwise: String? = nil) {
        add(.warning, place, message, meant: meant, otherwise: otherwise)
    }

    mutating func finding(_ rule: AuditRule, _ place: ConfigurationPlace, _ message: String) {
        findings.append(AuditFinding(rule, place, message))
    }

    /// Of the catalog's own reading.
    mutating func add(_ others: some Sequence<Diagnostic>) {
        for diagnostic in others {
            if diagnostic.severity == .error {
                guard !isFull else {
                    countError(at: ConfigurationPlace(file: diagnostic.file, line: diagnostic.line, column: diagnostic.column))
                    continue
                }
                errorCount += 1
            }
            diagnostics.append(diagnostic)
        }
    }

    mutating func add(_ other: ConfigurationProblems) {
        add(other.diagnostics)
        for _ in 0..<other.untoldErrors { countError(at: other.firstUntold) }
        findings += other.findings
    }

    mutating func conceal(_ secret: Secret) { concealed.append(secret) }

    /// By place: what has none first, then the configuration itself, then other files.
    func sortedDiagnostics(of origin: ConfigurationOrigin) -> [Diagnostic] {
        let scrubber = diagnostics.isEmpty ? .empty : Scrubber(concealed)
        return sorted(diagnostics, of: origin) { ConfigurationPlace(file: $0.file, line: $0.line, column: $0.column) }.map {
            Diagnostic(
                severity: $0.severity, file: $0.file, line: $0.line, column: $0.column, message: scrubber.scrub($0.message),
                hint: $0.hint.map(scrubber.scrub))
        } + (untoldErrors == 0 ? [] : [untold(origin)])
    }

    /// Behind all others.
    private func untold(_ origin: ConfigurationOrigin) -> Diagnostic {
        var place = firstUntold ?? ConfigurationPlace(file: "the environment")
        if firstUntold == nil, case .file(let path) = origin { place = ConfigurationPlace(file: path) }
        return Diagnostic(
            severity: .error, file: place.file, line: place.line, column: place.column,
            message: "from here on \(untoldErrors) more errors are counted and not listed")
    }

    func sortedFindings(of origin: ConfigurationOrigin) -> [AuditFinding] {
        let scrubber = findings.isEmpty ? .empty : Scrubber(concealed)
        return sorted(findings, of: origin, by: \.place).map { AuditFinding($0.rule, $0.place, scrubber.scrub($0.message)) }
    }

    /// Stable, so that what stands at one place stays in the order in which it was found.
    private func sorted<Element>(
        _ elements: [Element], of origin: ConfigurationOrigin, by place: (Element) -> ConfigurationPlace
    ) -> [Element] {
        func rank(_ place: ConfigurationPlace) -> Int {
            if case .file(place.file) = origin { return 1 }
            return place.line == 0 ? 0 : 2
        }
        return elements.enumerated().sorted { left, right in
            let (first, second) = (place(left.element), place(right.element))
            return (rank(first), first, left.offset) < (rank(second), second, right.offset)
        }.map(\.element)
    }

    private mutating func add(
        _ severity: Diagnostic.Severity, _ place: ConfigurationPlace, _ message: String, meant: String?, otherwise: String?
    ) {
        diagnostics.append(
            Diagnostic(
                severity: severity, file: place.file, line: place.line, column: place.column, message: message,
                hint: meant.map { "did you mean \($0)?" } ?? otherwise))
    }
}
