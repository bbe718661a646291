import Foundation
import Logging
import Synchronization
import TestSupport
import Testing

@testable import BursarProcess

/// Keys are rotated in more ways than by one rename (B3). Each is done twice: some ways used to leave the watch deaf.
@Suite(.timeLimit(.minutes(2))) struct SecretFileWatchTests {
    struct Way: CustomTestStringConvertible, Sendable {
        let name: String
        /// Commands of a shell, in a folder of their own: what is there, and two rotations.
        let before: String
        let first: String
        let second: String
        var file = "d/key"
        var testDescription: String { name }
    }

    static let ways = [
        Way(
            name: "a rename over it", before: "mkdir d; echo a > d/key", first: "echo b > n; mv n d/key",
            second: "echo c > n; mv n d/key"),
        Way(name: "written in place", before: "mkdir d; echo a > d/key", first: "echo b > d/key", second: "echo c > d/key"),
        Way(
            name: "removed and made", before: "mkdir d; echo a > d/key", first: "rm d/key; echo b > d/key",
            second: "rm d/key; echo c > d/key"),
        Way(
            name: "a mounted secret's link",
            before: "mkdir -p d/..1 d/..2; echo a > d/..1/key; echo b > d/..2/key; ln -s ..1 d/..data; ln -s ..data/key d/key",
            first: "ln -s ..2 d/..t; mv -T d/..t d/..data", second: "ln -s ..1 d/..t; mv -T d/..t d/..data"),
        Way(
            name: "its folder replaced", before: "mkdir d; echo a > d/key",
            first: "mkdir d2; echo b > d2/n; mv d dold; mv d2 d; mv d/n d/key", second: "echo c > d/n; mv d/n d/key"),
        Way(
            name: "a link further up swung", before: "mkdir -p r1/d r2/d; echo a > r1/d/key; echo b > r2/d/key; ln -s r1 now",
            first: "ln -sfn r2 now", second: "ln -sfn r1 now", file: "now/d/key"),
        Way(
            name: "its own link swung", before: "mkdir d; echo a > d/a; echo b > d/b; ln -s a d/key", first: "ln -sf b d/key",
            second: "ln -sf a d/key"),
        Way(
            name: "its link's target renamed over", before: "mkdir d e; echo a > e/a; ln -s ../e/a d/key",
            first: "echo b > e/n; mv e/n e/a", second: "echo c > e/n; mv e/n e/a"),
        Way(
            name: "written under another name of the same file", before: "mkdir d; echo a > d/key; ln d/key other",
            first: "echo b > other", second: "echo c > other"),
        Way(
            name: "a new name linked over it", before: "mkdir d; echo a > d/key", first: "echo b > n; ln -f n d/key",
            second: "echo c > m; ln -f m d/key"),
        Way(
            name: "a folder further up replaced", before: "mkdir -p a/b x/b; echo a > a/b/key; echo b > x/b/key",
            first: "mv a y; mv x a", second: "echo c > a/b/key", file: "a/b/key"),
        Way(name: "made where none was", before: "mkdir d", first: "echo b > d/key", second: "echo c > d/key"),
        Way(
            name: "made with its folders", before: "true", first: "mkdir -p d/e; echo b > d/e/key", second: "echo c > d/e/key",
            file: "d/e/key")
    ]

    @Test(arguments: ways)
    func `every way of rotation is noticed, twice (B3)`(_ way: Way) async throws { try await isNoticed(way) }

    @Test(.enabled(if: canMount, "file systems cannot be mounted here"))
    func `a file system that is mounted over the folder, and taken away, is noticed (B3)`() async throws {
        let way = Way(
            name: "mounted over", before: "mkdir d; echo a > d/key", first: "mount -t tmpfs tmpfs d; echo b > d/key",
            second: "umount d")
        try await isNoticed(way)
    }

    @Test func `an overflow of the kernel's queue counts as a change (F)`() throws {
        let watch = try #require(FolderWatch())
        // Watch -1, IN_Q_OVERFLOW, no cookie, no name.
        let event: [UInt32] = [.max, 0x4000, 0, 0]
        #expect(event.withUnsafeBytes { watch.matters($0) })
        let foreign: [UInt32] = [7, 0x100, 0, 0]
        #expect(!foreign.withUnsafeBytes { watch.matters($0) })
    }

    @Test func `what happens to other files is not noticed`() async throws {
        let folder = try ScratchFolder()
        defer { folder.remove() }
        let bench = Bench()
        try Self.shell("mkdir d; echo a > d/key", in: folder)
        bench.watch.follow([folder.file("d/key")])
        try await bench.reaches(1)
        try Self.shell("echo b > d/beside; mkdir e; echo c > e/key", in: folder)
        // The next one that matters is the second.
        try Self.shell("echo d > d/key", in: folder)
        try await bench.reaches(2)
        #expect(bench.changes == 2)
        bench.watch.stop()
    }

    private func isNoticed(_ way: Way) async throws {
        let folder = try ScratchFolder()
        defer { folder.remove() }
        try Self.shell(way.before, in: folder)
        let bench = Bench()
        bench.watch.follow([folder.file(way.file)])
        try await bench.reaches(1)
        try Self.shell(way.first, in: folder)
        try await bench.reaches(2)
        let noticed = bench.changes
        try Self.shell(way.second, in: folder)
        try await bench.reaches(noticed + 1)
        bench.watch.stop()
    }

    private static let canMount: Bool = {
        guard let folder = try? ScratchFolder() else { return false }
        defer { folder.remove() }
        return (try? shell("mkdir d && mount -t tmpfs tmpfs d && umount d", in: folder)) != nil
    }()

    struct CommandFailed: Error { let command: String }

    private static func shell(_ command: String, in folder: ScratchFolder) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        process.arguments = ["-c", command]
        process.currentDirectoryURL = URL(fileURLWithPath: folder.file(""))
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw CommandFailed(command: command) }
    }

    /// A watch and how often it reported. *Mutex*; any thread.
    private final class Bench: Sendable {
        let watch = SecretFileWatch(logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        private let count = Atomic<Int>(0)

        init() { watch.onChange { [weak self] in self?.count.wrappingAdd(1, ordering: .relaxed) } }

        var changes: Int { count.load(ordering: .relaxed) }

        func reaches(_ wanted: Int) async throws { try await eventually { changes >= wanted } }
    }
}
