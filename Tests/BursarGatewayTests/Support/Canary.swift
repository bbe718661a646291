import Foundation
import Synchronization
import Testing

/// A mark that every key of every gateway under test bears, and the search for it in everything that leaves a process.
///
/// Nothing here uses the scrubber or what it is made of: a mistake in it must not hide itself.
enum Canary {
    /// Random, so that it stands nowhere by chance; with characters that JSON and URLs escape.
    static let mark = "~can/+\"ary-" + (0..<16).map { _ in String("0123456789abcdef".randomElement() ?? "0") }.joined()

    /// `key: mock-ok` with the mark behind the key: it changes nothing for a mock, which takes what follows `~` for a comment.
    static func marked(_ account: String) -> String {
        account.replacing(/key: '?(mock-[^,'"~}\s]+)'?(?=[,}]|$)/) { "key: '\($0.1)\(mark)'" }
    }

    /// A way of writing a text. *Value.*
    struct Writing: Sendable {
        let name: String
        let bytes: [UInt8]
    }

    /// What to look for: the text whole in each writing, and pieces of it in plain, for keys that were cut.
    static func writings(of text: String) -> [Writing] {
        let bytes = Array(text.utf8)
        let hex = bytes.map { String(format: "%02x", $0) }
        let percent = { (format: String, keep: (UInt8) -> Bool) in
            bytes.map { keep($0) ? String(UnicodeScalar($0)) : String(format: format, $0) }.joined()
        }
        let isPlain = { (byte: UInt8) in
            byte < 0x80
                && (UnicodeScalar(byte).properties.isAlphabetic || (0x30...0x39).contains(byte) || "-._~".utf8.contains(byte))
        }
        let json = text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
        var texts = [
            ("plain", text), ("percent", percent("%%%02X", isPlain)), ("percent, lower case", percent("%%%02x", isPlain)),
            ("percent, every character", percent("%%%02X") { _ in false }),
            ("percent, every character, lower case", percent("%%%02x") { _ in false }),
            ("percent, twice", percent("%%25%02X", isPlain)),
            ("percent, every character twice", percent("%%25%02X") { _ in false }),
            ("JSON", json), ("JSON with escaped slashes", json.replacing("/", with: "\\/")),
            ("JSON within JSON", json.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")),
            ("JSON, every character", percent("\\u%04x") { _ in false }),
            ("JSON, every character, upper case", percent("\\u%04X") { _ in false }),
            ("C", percent("\\x%02x") { _ in false }), ("hex", hex.joined()), ("hex, upper case", hex.joined().uppercased())
        ]
        for shift in 0..<3 {
            // Characters that hold bits of a neighbour are left out: whatever stands beside the text, the rest is the same.
            let whole = [UInt8](repeating: 0, count: shift) + bytes
            let code = Data(whole + [UInt8](repeating: 0, count: (3 - whole.count % 3) % 3)).base64EncodedString()
            let core = String(code.dropFirst((8 * shift + 5) / 6).prefix((8 * whole.count) / 6 - (8 * shift + 5) / 6))
            texts.append(("base64, shifted by \(shift)", core))
            texts.append(("base64url, shifted by \(shift)", core.replacing("+", with: "-").replacing("/", with: "_")))
        }
        if text.utf8.count >= 20 {
            texts.append(("its last ten characters", String(text.suffix(10))))
            texts.append(("ten of its last sixteen", String(text.suffix(16).prefix(10))))
        }
        var seen: Set<String> = []
        let plain = texts.filter { seen.insert($0.1).inserted }.map { Writing(name: $0.0, bytes: Array($0.1.utf8)) }
        return plain + [Writing(name: "UTF-16", bytes: text.utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] })]
    }

    private static let marks = writings(of: mark)

    /// Searches what left a process, counts it, and fails the running test for each writing that is found.
    /// - Parameters:
    ///   - what: for the message: where it came out.
    ///   - others: further texts that must not be in it, such as what callers sent as credentials.
    static func search(_ bytes: [UInt8], _ what: String, and others: Set<String> = [], ledger: Ledger? = .shared) {
        let writings = marks + others.flatMap { Self.writings(of: $0) }
        for name in found(writings, in: bytes) {
            ledger?.found()
            Issue.record("a key came out in \(what), as \(name)")
        }
        ledger?.searched(bytes.count, writings: writings.count)
    }

    static func found(_ writings: [Writing], in bytes: [UInt8]) -> [String] {
        let haystack = Data(bytes)
        return writings.filter { haystack.range(of: Data($0.bytes)) != nil }.map(\.name)
    }

    /// What was searched in this run; printed when the process ends. *Mutex.*
    final class Ledger: Sendable {
        static let shared = Ledger()
        private let state = Mutex<(searches: Int, bytes: Int, writings: Int, found: Int)>((0, 0, 0, 0))

        private init() { atexit { print(Ledger.shared.line) } }

        func searched(_ bytes: Int, writings: Int) {
            state.withLock { state in
                state.searches += 1
                state.bytes += bytes
                state.writings = max(state.writings, writings)
            }
        }

        func found() { state.withLock { $0.found += 1 } }
        var totals: (searches: Int, bytes: Int) { state.withLock { ($0.searches, $0.bytes) } }

        var line: String {
            state.withLock {
                "canary: \($0.bytes) bytes of \($0.searches) gateways and programs searched in \(marks.count) writings of every key "
                    + "(up to \($0.writings) with callers' credentials): \($0.found) found"
            }
        }
    }
}

/// What a gateway's callers saw, and which credentials they sent. *Mutex*; any thread.
final class Outflow: Sendable {
    private let state = Mutex<(bytes: [UInt8], credentials: Set<String>)>(([], []))

    func saw(_ bytes: some Sequence<UInt8>) { state.withLock { $0.bytes += bytes } }
    func saw(_ text: String) { saw(text.utf8) }

    /// Credentials of callers are searched for, too; short ones are words that may stand anywhere.
    func sent(_ name: String, _ value: String) {
        guard ["authorization", "x-api-key", "proxy-authorization", "cookie"].contains(name.lowercased()) else { return }
        let credential = value.split(separator: " ").last.map(String.init) ?? value
        if credential.utf8.count >= 12 { state.withLock { _ = $0.credentials.insert(credential) } }
    }

    func search(_ what: String, ledger: Canary.Ledger? = .shared) {
        let (bytes, credentials) = state.withLock { ($0.bytes, $0.credentials) }
        Canary.search(bytes, what, and: credentials, ledger: ledger)
    }
}
