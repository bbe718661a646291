import Foundation

/// A program of this machine that a test runs: found in the usual folders, never by PATH. *Value.*
package enum LocalProgram {
    package static func find(_ name: String) -> String? {
        ["/usr/bin/", "/usr/sbin/", "/usr/local/bin/", "/usr/local/sbin/"].map { $0 + name }
            .first { FileManager.default.isExecutableFile(atPath: $0) }
    }

    package static func has(_ names: String...) -> Bool { names.allSatisfy { find($0) != nil } }

    package struct Output: Sendable {
        package let text: String
        package let complaint: String
        package let status: Int32
    }

    package static func run(_ name: String, _ arguments: [String]) async throws -> Output {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: find(name) ?? "/usr/bin/" + name)
        process.arguments = arguments
        let (out, error) = (Pipe(), Pipe())
        (process.standardOutput, process.standardError, process.standardInput) = (out, error, FileHandle.nullDevice)
        return try await onOwnThread {
            try process.run()
            let text = out.fileHandleForReading.readDataToEndOfFile()
            let complaint = error.fileHandleForReading.readDataToEndOfFile()
            process.waitUntilExit()
            return Output(
                text: String(decoding: text, as: UTF8.self), complaint: String(decoding: complaint, as: UTF8.self),
                status: process.terminationStatus)
        }
    }

    /// Runs curl quietly; a failure of its own is the text.
    package static func curl(_ arguments: String...) async throws -> String {
        let output = try await run("curl", ["-sS", "--max-time", "20"] + arguments)
        return output.status == 0 ? output.text : "curl \(output.status): \(output.complaint)"
    }
}
