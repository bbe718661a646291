import Foundation

/// A folder that goes away with the test.
package struct ScratchFolder {
    package let path: String

    package init() throws {
        // Few letters: what looks like a key is withheld from messages, also in a path.
        path = "/tmp/bursar-" + String((0..<6).map { _ in "abcdefghijklmnopqrstuvwxyz".randomElement() ?? "a" })
        try FileManager.default.createDirectory(
            atPath: path, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o755])
    }

    package func file(_ name: String) -> String { path + "/" + name }

    package func write(_ text: String, to name: String) throws -> String {
        try Data(text.utf8).write(to: URL(fileURLWithPath: file(name)))
        return file(name)
    }

    package func remove() { try? FileManager.default.removeItem(atPath: path) }

    /// Removes all in it at once, where somebody who looks meanwhile would find one file gone and the next one there. Whoever needs the
    /// folder makes it anew.
    package func takeAway() throws {
        let gone = path + "-gone"
        try FileManager.default.moveItem(atPath: path, toPath: gone)
        try FileManager.default.removeItem(atPath: gone)
    }
}
