import Testing

@testable import BursarCatalog

@Suite struct DiagnosticTests {
    // Of two that differed in their hint or severity alone, neither came first.
    @Test func `of two that differ one comes first`() {
        func diagnostic(_ severity: Diagnostic.Severity, _ message: String, _ hint: String?, line: Int = 1) -> Diagnostic {
            Diagnostic(severity: severity, file: "acme.yaml", line: line, column: 1, message: message, hint: hint)
        }
        let ordered = [
            diagnostic(.error, "a", nil), diagnostic(.error, "a", ""), diagnostic(.error, "a", "h"),
            diagnostic(.warning, "a", nil), diagnostic(.error, "b", nil), diagnostic(.error, "a", nil, line: 2)
        ]
        #expect(ordered.reversed().sorted() == ordered)
        for (index, left) in ordered.enumerated() {
            for (other, right) in ordered.enumerated() { #expect((left < right) == (index < other), "\(index), \(other)") }
        }
    }
}
