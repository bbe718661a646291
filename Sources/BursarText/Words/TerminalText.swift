import BursarBasics

/// Text of somebody else for a terminal: what would command it becomes question marks. Pure.
package enum TerminalText {
    package static func shown(_ text: String) -> String {
        String(String.UnicodeScalarView(text.unicodeScalars.map { LineText.isCommand($0) ? "?" : $0 }))
    }
}
