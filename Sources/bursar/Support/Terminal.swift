import BursarBasics
import Glibc

/// Standard output and error. What people should read goes to stderr; the answer itself to stdout.
enum Terminal {
    static func answer(_ text: String) { write(text, to: STDOUT_FILENO) }
    static func tell(_ text: String) { write(harmless(text) + "\n", to: STDERR_FILENO) }

    /// What another program answered: byte for byte into a file or a pipe, and without what would command a terminal into one.
    static func answer(foreign bytes: [UInt8]) {
        let text = String(decoding: bytes, as: UTF8.self)
        write((isatty(STDOUT_FILENO) == 1 ? harmless(text) : text) + "\n", to: STDOUT_FILENO)
    }

    /// Without control characters but line feeds and tabulators, in either of their ranges, and without what turns the order of letters
    /// around.
    static func harmless(_ text: String) -> String {
        let isControl = { (scalar: Unicode.Scalar) in
            scalar != "\n" && scalar != "\t" && LineText.isCommand(scalar)
        }
        guard text.unicodeScalars.contains(where: isControl) else { return text }
        return String(String.UnicodeScalarView(text.unicodeScalars.map { isControl($0) ? "?" : $0 }))
    }

    /// Colours on a terminal only, and not where the user has said no (no-color.org).
    static var wantsColor: Bool {
        isatty(STDOUT_FILENO) == 1 && getenv("NO_COLOR") == nil && getenv("TERM").map { String(cString: $0) } != "dumb"
    }

    static var outputIsTerminal: Bool { isatty(STDOUT_FILENO) == 1 }
    static var errorIsTerminal: Bool { isatty(STDERR_FILENO) == 1 }

    /// A reader that went away (`| head`) is no error worth a message.
    private static func write(_ text: String, to descriptor: Int32) {
        var bytes = Array(text.utf8)[...]
        while !bytes.isEmpty {
            let count = bytes.withUnsafeBytes { buffer in
                buffer.baseAddress.map { Glibc.write(descriptor, $0, buffer.count) } ?? 0
            }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { return }
            bytes = bytes.dropFirst(count)
        }
    }
}
