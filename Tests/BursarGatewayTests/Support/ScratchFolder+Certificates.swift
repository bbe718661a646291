import Foundation
import TestSupport

extension ScratchFolder {
    /// A certificate that signs itself: `name.pem` and `name.key`.
    func makeCertificate(_ name: String) async throws {
        let output = try await LocalProgram.run(
            "openssl",
            [
                "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj",
                "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout", file(name + ".key"), "-out",
                file(name + ".pem")
            ])
        if output.status != 0 { throw Failure(text: output.complaint) }
    }

    /// The same, and nobody takes it any more.
    func makeExpiredCertificate(_ name: String) async throws {
        try await makeCertificate(name)
        let output = try await LocalProgram.run(
            "openssl",
            ["x509", "-in", file(name + ".pem"), "-signkey", file(name + ".key"), "-days", "-1", "-out", file(name + ".old")])
        if output.status != 0 { throw Failure(text: output.complaint) }
        let expired = try Data(contentsOf: URL(fileURLWithPath: file(name + ".old")))
        try expired.write(to: URL(fileURLWithPath: file(name + ".pem")), options: .atomic)
    }

    struct Failure: Error { let text: String }
}
