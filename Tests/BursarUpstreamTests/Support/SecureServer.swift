import BursarBasics
import BursarHTTP
import Foundation
import NIOPosix
import Synchronization
import TestSupport
import Testing

/// A TLS server on loopback with a certificate made for the run; it answers with the protocol that it was asked in.
struct SecureServer {
    let port: Int
    /// Paths of PEM files.
    let certificate: String
    let key: String
    private let answered: Counter

    /// How many requests came.
    var requests: Int { answered.value }

    private final class Counter: Sendable {
        private let count = Mutex(0)
        func increment() { count.withLock { $0 += 1 } }
        var value: Int { count.withLock { $0 } }
    }

    static func with(names: String? = "DNS:localhost", _ body: (SecureServer) async throws -> Void) async throws {
        try await withCertificate(names: names) { certificate, key in
            let counter = Counter()
            let identity = try TLSIdentity(TLSSettings(certificateFile: certificate, privateKeyFile: key))
            let server = HTTPServer(
                configuration: ServerConfiguration(
                    listeners: [ListenerConfiguration(.tcp(host: "127.0.0.1", port: 0), security: identity)]),
                responder: ClosureResponder {
                    counter.increment()
                    return .now(Response(status: 200, text: $0.version.text))
                }, http2: HTTP2Protocol(), group: MultiThreadedEventLoopGroup.singleton)
            try await server.start()
            do {
                let port = try #require(server.addresses.first?.port)
                try await body(SecureServer(port: port, certificate: certificate, key: key, answered: counter))
                await server.stop()
            } catch {
                await server.stop()
                throw error
            }
        }
    }

    /// Its common name is `localhost`.
    /// - Parameter names: the names that count; nil: none.
    static func withCertificate(
        names: String? = "DNS:localhost", _ body: (_ certificate: String, _ key: String) async throws -> Void
    ) async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("bursar-upstream-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let certificate = folder.appendingPathComponent("server.pem").path
        let key = folder.appendingPathComponent("server.key").path
        let alternative = names.map { ["-addext", "subjectAltName=\($0)"] } ?? []
        let arguments =
            [
                "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj",
                "/CN=localhost", "-keyout", key, "-out", certificate
            ] + alternative
        let made = try await LocalProgram.run("openssl", arguments)
        #expect(made.status == 0, "\(made.complaint)")
        try await body(certificate, key)
    }

    /// openssl with these arguments, quiet and not yet running.
    static func process(_ arguments: [String]) throws -> Process {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: try #require(LocalProgram.find("openssl")))
        process.arguments = arguments
        (process.standardOutput, process.standardError) = (FileHandle.nullDevice, FileHandle.nullDevice)
        return process
    }
}
