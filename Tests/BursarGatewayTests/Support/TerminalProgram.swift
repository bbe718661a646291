import Foundation
import TestSupport
import Testing

/// The real program with a terminal in the place of its outputs. It is to end by itself.
enum TerminalProgram {
    /// - Returns: the exit status, and all that the terminal was sent.
    static func run(_ arguments: [String]) async throws -> (status: Int32, shown: [UInt8]) {
        let terminal = try terminal()
        let process = Process()
        process.executableURL = URL(fileURLWithPath: try #require(ChildProgram.path))
        process.arguments = arguments
        process.environment = ["PATH": "/usr/bin:/bin"]
        process.standardInput = FileHandle.nullDevice
        let output = FileHandle(fileDescriptor: terminal.program, closeOnDealloc: false)
        (process.standardOutput, process.standardError) = (output, output)
        return try await onOwnThread {
            defer { close(terminal.reader) }
            do {
                defer { close(terminal.program) }
                try process.run()
            }
            let shown = all(terminal.reader)
            process.waitUntilExit()
            return (process.terminationStatus, shown)
        }
    }

    struct NoTerminal: Error { let number: Int32 }

    /// TIOCSPTLCK and TIOCGPTN, which Swift does not import.
    private static let (lock, number) = (UInt(0x4004_5431), UInt(0x8004_5430))

    /// By hand, because what `openpty` opens is inherited by every program that another test starts meanwhile.
    private static func terminal() throws -> (reader: Int32, program: Int32) {
        let reader = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC)
        guard reader >= 0 else { throw NoTerminal(number: errno) }
        var (isLocked, name): (Int32, Int32) = (0, 0)
        guard ioctl(reader, lock, &isLocked) == 0, ioctl(reader, number, &name) == 0 else {
            defer { close(reader) }
            throw NoTerminal(number: errno)
        }
        let program = open("/dev/pts/\(name)", O_RDWR | O_NOCTTY | O_CLOEXEC)
        guard program >= 0 else {
            defer { close(reader) }
            throw NoTerminal(number: errno)
        }
        return (reader, program)
    }

    /// Until nobody holds the terminal any more, which is told as an error.
    private static func all(_ reader: Int32) -> [UInt8] {
        var shown: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 4_096)
        while true {
            let count = read(reader, &piece, piece.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return shown }
            shown += piece[..<count]
        }
    }
}
