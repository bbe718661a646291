import ArgumentParser
import BursarBasics
import BursarModel
import BursarText
import Glibc

/// Standard output and error. What people should read goes to stderr; the answer itself to stdout.
///
/// Nothing commands a terminal but a table of balances, whose cells are made harmless where they are read: any other text may have
/// words of somebody else in it, and is made harmless here, so that no command can forget to.
enum Terminal {
    static func answer(_ text: String) { write(Array((outputIsTerminal ? harmless(text) : text).utf8), to: STDOUT_FILENO) }
    /// What a command says beside an answer that its exit code is, such as a guard's: where it cannot be written, that stands all the same.
    static func answer(beside text: String) {
        write(Array((outputIsTerminal ? harmless(text) : text).utf8), to: STDOUT_FILENO, endsWhereLost: false)
    }
    static func tell(_ text: String) { write(Array((harmless(text) + "\n").utf8), to: STDERR_FILENO) }

    /// What another program answered, as whole lines: byte for byte into a file or a pipe.
    static func answer(foreign bytes: [UInt8]) {
        if outputIsTerminal {
            // A return alone would write over what stands in its line; before a line feed it says nothing.
            answer(String(decoding: bytes, as: UTF8.self).replacing("\r\n", with: "\n"))
        } else {
            write(bytes, to: STDOUT_FILENO)
        }
        if bytes.last != UInt8(ascii: "\n") { answer("\n") }
    }

    /// - Parameter anew: on a terminal in the place of the one before; elsewhere one behind the other.
    static func answer(_ table: BalanceTable, now: WallTime, anew: Bool = false) {
        let text = table.text(now: now, color: wantsColor(STDOUT_FILENO))
        let whole = !anew ? text : outputIsTerminal ? "\u{1B}[H\u{1B}[2J" + text : text + "\n"
        write(Array(whole.utf8), to: STDOUT_FILENO)
    }

    static func tell(_ table: BalanceTable, now: WallTime) {
        write(Array((table.text(now: now, color: wantsColor(STDERR_FILENO)) + "\n").utf8), to: STDERR_FILENO)
    }

    /// Without control characters but line feeds and tabulators, in either of their ranges, and without what turns the order of letters
    /// around.
    private static func harmless(_ text: String) -> String {
        let isControl = { (scalar: Unicode.Scalar) in
            scalar != "\n" && scalar != "\t" && LineText.isCommand(scalar)
        }
        guard text.unicodeScalars.contains(where: isControl) else { return text }
        return String(String.UnicodeScalarView(text.unicodeScalars.map { isControl($0) ? "?" : $0 }))
    }

    /// Colours on a terminal only, and not where the user has said no (no-color.org).
    private static func wantsColor(_ descriptor: Int32) -> Bool {
        isatty(descriptor) == 1 && getenv("NO_COLOR") == nil && getenv("TERM").map { String(cString: $0) } != "dumb"
    }

    private static var outputIsTerminal: Bool { isatty(STDOUT_FILENO) == 1 }
    static var errorIsTerminal: Bool { isatty(STDERR_FILENO) == 1 }

    /// A reader that went away (`| head`) is no error worth a message. Half an answer that looks like a whole one is: the program ends there,
    /// so that no command can forget to look.
    private static func write(_ bytes: [UInt8], to descriptor: Int32, endsWhereLost: Bool = true) {
        var bytes = bytes[...]
        while !bytes.isEmpty {
            let count = bytes.withUnsafeBytes { buffer in
                buffer.baseAddress.map { Glibc.write(descriptor, $0, buffer.count) } ?? 0
            }
            if count > 0 {
                bytes = bytes.dropFirst(count)
                continue
            }
            switch errno {
            case EINTR: continue
            case EAGAIN:
                // A pipe that does not block, because its reader made it so.
                var waited = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                poll(&waited, 1, -1)
            case EPIPE: return
            case let number where descriptor == STDOUT_FILENO:
                tell("Error: the answer cannot be written: \(SystemError(number: number).words).")
                guard endsWhereLost else { return }
                exit(ExitStatus.answerLost.rawValue)
            default: return
            }
        }
    }
}
