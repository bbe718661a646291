import Foundation
import TestSupport

/// `sqlite3` inside a transaction: another program that keeps a store from being written. It ends when it is told to.
struct StoreLockHolder {
    private let process = Process()
    private let input = Pipe()

    /// Returns when the lock is held.
    static func hold(_ store: String, _ folder: ScratchFolder) async throws -> StoreLockHolder {
        let holder = StoreLockHolder()
        holder.process.executableURL = URL(fileURLWithPath: LocalProgram.find("sqlite3") ?? "/usr/bin/sqlite3")
        holder.process.arguments = [store]
        holder.process.standardInput = holder.input
        (holder.process.standardOutput, holder.process.standardError) = (FileHandle.nullDevice, FileHandle.nullDevice)
        try holder.process.run()
        holder.say(".timeout 5000\nBEGIN IMMEDIATE;\n.shell touch \(folder.file("held"))\n")
        func isHeld() -> Bool { FileManager.default.fileExists(atPath: folder.file("held")) }
        try await eventually({ isHeld() || !holder.process.isRunning }, pause: .milliseconds(10))
        guard isHeld() else { throw NotHeld() }
        return holder
    }

    struct NotHeld: Error {}

    func letGo() async {
        say("ROLLBACK;\n.quit\n")
        await onOwnThread { [process] in process.waitUntilExit() }
    }

    private func say(_ text: String) { input.fileHandleForWriting.write(Data(text.utf8)) }
}
