import Foundation
import TestSupport
import Testing

/// A command as somebody at a terminal meets it: what it prints, and the exit status.
enum Command {
    struct End {
        let status: Int32
        let output: String
        let complaint: String
    }

    static func run(_ arguments: [String], environment: [String: String] = [:]) async throws -> End {
        let program = try ChildProgram(arguments, environment: environment)
        let status = await program.untilEnd()
        return End(status: status, output: String(decoding: program.output, as: UTF8.self), complaint: program.complaintText)
    }

    /// A gateway with a Unix socket, `b.sock`, a plain listener and one with TLS; its configuration is `bursar.yaml`.
    static func serving(
        _ settings: String = "", accounts: String = "[]", store: String = "memory", listen: String? = nil,
        _ body: (_ folder: ScratchFolder, _ program: ChildProgram) async throws -> Void
    ) async throws {
        let folder = try ScratchFolder()
        defer { folder.remove() }
        try await folder.makeCertificate("server")
        let file = try folder.write(
            """
            listen: \(listen ?? "['127.0.0.1:0', 'unix:\(folder.file("b.sock"))', {address: '127.0.0.1:0', tls: true}]")
            tls: {certificate: server.pem, key: ./server.key}
            store: \(store)
            log: {format: text}
            accounts: \(accounts)
            \(settings)
            """, to: "bursar.yaml")
        let program = try ChildProgram(["serve", "--config", file])
        do {
            // What is said last when it listens.
            try await program.told { $0.firstRange(of: "Try") }
            try await body(folder, program)
        } catch {
            await program.end(by: SIGKILL)
            throw error
        }
        await program.end(by: SIGTERM)
    }
}
