import Foundation

/// A file system that a test mounts, and unmounts again: full and read-only disks, as they are. Needs root; tests that need it say so
/// where they are skipped.
final class Mount: Sendable {
    let path: String

    static let isAllowed: Bool = {
        guard geteuid() == 0, let mount = try? Mount(["-t", "tmpfs", "-o", "size=64k", "tmpfs"]) else { return false }
        withExtendedLifetime(mount) {}
        return true
    }()

    /// A tmpfs of so many bytes.
    convenience init(size: Int) throws { try self.init(["-t", "tmpfs", "-o", "size=\(size)", "tmpfs"]) }

    /// A second look at a folder, through which nothing can be written.
    convenience init(readOnly folder: String) throws {
        try self.init(["--bind", folder])
        try Self.run(["mount", "-o", "remount,ro,bind", path])
    }

    private init(_ arguments: [String]) throws {
        path = "/tmp/bursar-mount-" + String((0..<8).map { _ in "abcdefghijklmnopqrstuvwxyz".randomElement() ?? "a" })
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
        do {
            try Self.run(["mount"] + arguments + [path])
        } catch {
            try? FileManager.default.removeItem(atPath: path)
            throw error
        }
    }

    deinit {
        // Lazily: what a test left open must not keep it.
        try? Self.run(["umount", "-l", path])
        try? FileManager.default.removeItem(atPath: path)
    }

    private static func run(_ command: [String]) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = command
        (process.standardOutput, process.standardError) = (FileHandle.nullDevice, FileHandle.nullDevice)
        try process.run()
        process.waitUntilExit()
        if process.terminationStatus != 0 { throw Failed() }
    }

    struct Failed: Error {}
}
