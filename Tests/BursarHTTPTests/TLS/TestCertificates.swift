import Foundation
import TestSupport

/// Certificates made for one test run with the openssl command, in a folder that goes away with it: no key is ever kept.
struct TestCertificates {
    let folder: URL

    init() async throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("bursar-tls-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    func path(_ name: String) -> String { folder.appendingPathComponent(name).path }

    func write(_ text: String, to name: String) throws -> String {
        try Data(text.utf8).write(to: URL(fileURLWithPath: path(name)))
        return path(name)
    }

    func remove() { try? FileManager.default.removeItem(at: folder) }

    /// An authority, or a certificate that signs itself: `name.pem` and `name.key`.
    func makeSelfSigned(
        _ name: String, subject: String = "localhost", key: [String] = ["ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"]
    ) async throws {
        try await openssl(
            ["req", "-x509", "-newkey"] + key + [
                "-nodes", "-days", "2", "-subj",
                "/CN=\(subject)", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout", path(name + ".key"), "-out",
                path(name + ".pem")
            ])
    }

    /// A client's certificate, signed by `authority`.
    func makeClient(_ name: String, signedBy authority: String) async throws {
        try await openssl(
            "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-subj", "/CN=\(name)", "-keyout",
            path(name + ".key"), "-out", path(name + ".csr"))
        try await openssl(
            "x509", "-req", "-in", path(name + ".csr"), "-CA", path(authority + ".pem"), "-CAkey", path(authority + ".key"),
            "-CAcreateserial", "-days", "2", "-out", path(name + ".pem"))
    }

    private func openssl(_ arguments: String...) async throws { try await openssl(arguments) }

    private func openssl(_ arguments: [String]) async throws {
        let result = try await LocalProgram.run("openssl", arguments)
        guard result.status == 0 else { throw Failure(text: result.complaint) }
    }

    struct Failure: Error { let text: String }
}
