import Foundation
import TestSupport

/// A server of this machine (a proxy, Prometheus) as a process of its own. Stop it, or it stays. *Value.*
struct LocalServer {
    private let process: Process

    /// Starts it, and waits until `url` answers with `word`.
    static func start(
        _ name: String, _ arguments: [String], in folder: ScratchFolder, until url: String, says word: String
    ) async throws -> LocalServer {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: LocalProgram.find(name) ?? "")
        process.arguments = arguments
        process.environment = ["HOME": folder.path, "PATH": "/usr/bin:/usr/sbin"]
        let log = folder.file("\(name).log")
        _ = FileManager.default.createFile(atPath: log, contents: nil)
        let output = FileHandle(forWritingAtPath: log)
        (process.standardOutput, process.standardError) = (output, output)
        process.standardInput = FileHandle.nullDevice
        try process.run()
        let server = LocalServer(process: process)
        // For a minute at least: on a machine that builds beside it, a server begins slowly.
        for _ in 0..<1_200 where process.isRunning {
            if try await LocalProgram.curl(url).contains(word) { return server }
            try await Task.sleep(for: .milliseconds(50))
        }
        await server.stop()
        throw ScratchFolder.Failure(text: (try? String(contentsOfFile: log, encoding: .utf8)) ?? "it does not answer")
    }

    func stop() async {
        // Not SIGTERM: the program was started from a thread that blocks it, has inherited that, and may never look.
        if process.isRunning { kill(process.processIdentifier, SIGKILL) }
        await onOwnThread { [process] in process.waitUntilExit() }
    }
}
