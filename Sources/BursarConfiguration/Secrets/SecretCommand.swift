import BursarBasics
import BursarCatalog
import Glibc

/// A command that prints a credential: a program and its arguments, as they are, through no shell. *Value.*
///
/// Written `/usr/bin/op read op://vault/item`, in words that spaces separate, or, where a word has a space in it, as a JSON list:
/// `["/usr/bin/secret-tool", "lookup", "label", "my key"]`. There are no quotes, variables or pipes to get wrong.
package struct SecretCommand: Sendable, Hashable {
    /// The program's absolute path, then its arguments.
    package let words: [String]

    /// Long enough for a helper that asks a vault in another place, short enough for a start that people wait for.
    package static let timeout = Duration.seconds(10)
    static let mostWords = 64

    /// Nil for anything else than a program named by its absolute path: a search through `PATH` would run whatever stands first.
    init?(_ text: String) {
        let words: [String]
        if text.hasPrefix("[") {
            guard let elements = (try? JSONReader.read(Array(text.utf8)))?.elements else { return nil }
            let texts = elements.compactMap(\.text)
            guard texts.count == elements.count else { return nil }
            words = texts
        } else {
            words = text.split(separator: " ").map(String.init)
        }
        self.init(words: words)
    }

    init?(words: [String]) {
        guard let program = words.first, program.hasPrefix("/"), !program.hasSuffix("/"), words.count <= Self.mostWords,
            words.allSatisfy({ $0.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F } })
        else { return nil }
        self.words = words
    }
}

/// Why a command gave no credential. *Value.* Never a part of what it printed, on either output.
package enum CommandProblem: Error, Sendable, Equatable {
    case cannotStart(Int32)
    case timedOut
    case failed(status: Int32)
    case killed(signal: Int32)
    case tooMuchOutput

    /// Ends a sentence that begins with the command.
    package var words: String {
        switch self {
        case .cannotStart(ENOENT): "cannot be started: there is no such file"
        case .cannotStart(EACCES): "cannot be started: it is no program that this user may run"
        case .cannotStart(let number): "cannot be started: \(SystemError(number: number).words)"
        case .timedOut: "took longer than \(DurationText.format(SecretCommand.timeout)) and was ended"
        case .failed(let status): "ended with status \(status); run it by hand to see why, its messages are not shown here"
        case .killed(let signal): "was ended by signal \(signal)"
        case .tooMuchOutput: "printed more than a key"
        }
    }
}
