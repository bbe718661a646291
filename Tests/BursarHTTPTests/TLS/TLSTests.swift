import BursarBasics
import Foundation
import NIOCore
import NIOPosix
import TestSupport
import Testing

@testable import BursarHTTP

private let hasOpenSSL = LocalProgram.has("openssl")

@Suite(.enabled(if: hasOpenSSL, "the openssl command is not installed"))
struct TLSTests {
    private func with(_ body: (TestCertificates) async throws -> Void) async throws {
        let certificates = try await TestCertificates()
        defer { certificates.remove() }
        try await body(certificates)
    }

    private func identity(_ certificates: TestCertificates, _ name: String, clients: String? = nil) throws -> TLSIdentity {
        try TLSIdentity(
            TLSSettings(
                certificateFile: certificates.path(name + ".pem"), privateKeyFile: certificates.path(name + ".key"),
                clientAuthoritiesFile: clients.map { certificates.path($0 + ".pem") }), interval: .hours(1))
    }

    @Test(.enabled(if: LocalProgram.has("curl"), "curl is not installed"))
    func `ALPN chooses h2 or http/1.1, and both get the same answer`() async throws {
        try await with { certificates in
            try await certificates.makeSelfSigned("server")
            try await withServer(security: try identity(certificates, "server")) {
                textReply("\($0.scheme) \($0.target)")
            } _: {
                _, port in
                for (option, version) in [("--http2", "2"), ("--http1.1", "1.1"), ("--no-alpn", "1.1")] {
                    let result = try await LocalProgram.run(
                        "curl",
                        [
                            "-s", option, "--cacert", certificates.path("server.pem"), "-w", " %{http_version}",
                            "https://localhost:\(port)/t"
                        ])
                    #expect(result.text == "https /t \(version)", "\(option): \(result.complaint)")
                }
            }
        }
    }

    @Test func `TLS 1.2 without forward secrecy or with a CBC suite is refused (A15)`() async throws {
        try await with { certificates in
            try await certificates.makeSelfSigned("server", key: ["rsa:2048"])
            try await withServer(security: try identity(certificates, "server")) { _ in
                textReply("x")
            } _: { _, port in
                for (suite, works) in [
                    ("ECDHE-RSA-AES128-GCM-SHA256", true), ("ECDHE-RSA-AES256-GCM-SHA384", true),
                    ("ECDHE-RSA-CHACHA20-POLY1305", true), ("AES128-SHA", false), ("AES256-SHA", false),
                    ("AES128-GCM-SHA256", false), ("AES256-GCM-SHA384", false), ("ECDHE-RSA-AES128-SHA", false),
                    ("ECDHE-RSA-AES256-SHA", false), ("ECDHE-RSA-AES128-SHA256", false)
                ] {
                    let result = try await LocalProgram.run(
                        "openssl",
                        ["s_client", "-connect", "127.0.0.1:\(port)", "-tls1_2", "-cipher", suite + ":@SECLEVEL=0", "-brief"])
                    #expect((result.status == 0) == works, "\(suite): \(result.complaint)")
                }
            }
        }
    }

    @Test(.enabled(if: LocalProgram.has("curl"), "curl is not installed"))
    func `TLS 1.1 is refused, 1.2 and 1.3 are served`() async throws {
        try await with { certificates in
            try await certificates.makeSelfSigned("server")
            try await withServer(security: try identity(certificates, "server")) { _ in
                textReply("x")
            } _: { _, port in
                for (version, works) in [("1.1", false), ("1.2", true), ("1.3", true)] {
                    let result = try await LocalProgram.run(
                        "curl",
                        [
                            "-s", "--tlsv1.0", "--tls-max", version, "--ciphers", "DEFAULT:@SECLEVEL=0", "--cacert",
                            certificates.path("server.pem"), "https://localhost:\(port)/"
                        ])
                    #expect((result.text == "x") == works, "TLS \(version): \(result.complaint)")
                }
            }
        }
    }

    @Test(.enabled(if: LocalProgram.has("curl"), "curl is not installed"))
    func `with a client authority only its certificates are let in`() async throws {
        try await with { certificates in
            for name in ["server", "authority", "stranger"] { try await certificates.makeSelfSigned(name, subject: name) }
            try await certificates.makeClient("client", signedBy: "authority")
            try await certificates.makeClient("other", signedBy: "stranger")
            try await withServer(security: try identity(certificates, "server", clients: "authority")) { _ in
                textReply("in")
            } _: {
                _, port in
                for (client, isLetIn) in [("client", true), ("other", false), (nil, false)] as [(String?, Bool)] {
                    let arguments =
                        ["-s", "--cacert", certificates.path("server.pem"), "https://localhost:\(port)/"]
                        + (client.map { ["--cert", certificates.path($0 + ".pem"), "--key", certificates.path($0 + ".key")] }
                            ?? [])
                    let result = try await LocalProgram.run("curl", arguments)
                    #expect((result.text == "in") == isLetIn, "\(client ?? "none"): \(result.complaint)")
                }
            }
        }
    }

    @Test func `a renewed certificate is shown to new connections, and the old ones go on`() async throws {
        try await with { certificates in
            try await certificates.makeSelfSigned("server", subject: "before")
            let identity = try identity(certificates, "server")
            try await withServer(security: identity) { _ in
                textReply("x")
            } _: { _, port in
                let old = try await TLSTestClient(port: port)
                #expect(try await old.ask() == "x")
                #expect(!identity.filesChanged)
                // The look that the first connection began is over, or it would see what comes.
                try await NIOThreadPool.singleton.runIfActive {}

                try await certificates.makeSelfSigned("server", subject: "after")
                #expect(identity.filesChanged)
                try identity.reload()
                #expect(!identity.filesChanged)

                let new = try await TLSTestClient(port: port)
                #expect(try await new.ask() == "x")
                #expect(try await old.ask() == "x")
                #expect(old.certificate != new.certificate)
                try await old.close()
                try await new.close()
            }
        }
    }

    @Test func `a renewal is found by the connections themselves`() async throws {
        try await with { certificates in
            try await certificates.makeSelfSigned("server", subject: "before")
            let renewed = TestGate()
            let identity = try TLSIdentity(
                TLSSettings(certificateFile: certificates.path("server.pem"), privateKeyFile: certificates.path("server.key")),
                interval: .zero
            ) { if case .renewed = $0 { renewed.open() } }
            try await withServer(security: identity) { _ in
                textReply("x")
            } _: { _, port in
                let old = try await TLSTestClient(port: port)
                #expect(try await old.ask() == "x")
                try await certificates.makeSelfSigned("server", subject: "after")
                let finder = try await TLSTestClient(port: port)
                #expect(try await finder.ask() == "x")
                await renewed.opened()
                let new = try await TLSTestClient(port: port)
                #expect(try await new.ask() == "x")
                #expect(new.certificate != old.certificate)
                #expect(try await old.ask() == "x")
                for client in [old, finder, new] { try await client.close() }
            }
        }
    }

    @Test func `a reload that fails leaves the certificate in use`() async throws {
        try await with { certificates in
            try await certificates.makeSelfSigned("server")
            try await certificates.makeSelfSigned("another")
            let identity = try identity(certificates, "server")
            // The middle of a renewal: the certificate is new, the key still old.
            try FileManager.default.removeItem(atPath: certificates.path("server.pem"))
            try FileManager.default.copyItem(atPath: certificates.path("another.pem"), toPath: certificates.path("server.pem"))
            #expect(
                throws: TLSError(
                    file: certificates.path("server.key"),
                    reason: .keyOfAnotherCertificate(certificateFile: certificates.path("server.pem")))
            ) { try identity.reload() }
            try await withServer(security: identity) { _ in
                textReply("x")
            } _: { _, port in
                let client = try await TLSTestClient(port: port)
                #expect(try await client.ask() == "x")
                try await client.close()
            }
        }
    }

    @Test func `each kind of wrong file is named, with what is wrong and none of its bytes`() async throws {
        try await with { certificates in
            try await certificates.makeSelfSigned("server")
            let pem = certificates.path("server.pem")
            let key = certificates.path("server.key")
            func reason(_ certificate: String, _ key: String, _ authorities: String? = nil) -> TLSError? {
                do throws(TLSError) {
                    _ = try TLSIdentity(
                        TLSSettings(certificateFile: certificate, privateKeyFile: key, clientAuthoritiesFile: authorities))
                    return nil
                } catch {
                    return error
                }
            }
            let missing = certificates.path("missing")
            #expect(reason(missing, key) == TLSError(file: missing, reason: .notFound))
            #expect(reason(pem, missing) == TLSError(file: missing, reason: .notFound))
            #expect(reason(pem, key, missing) == TLSError(file: missing, reason: .notFound))
            #expect(reason(certificates.folder.path, key)?.reason == .notReadable("is a directory"))
            #expect(reason(key, key) == TLSError(file: key, reason: .noCertificate))
            #expect(reason(pem, pem) == TLSError(file: pem, reason: .noPrivateKey))
            #expect(reason(pem, key, key) == TLSError(file: key, reason: .noCertificate))
            let broken = try certificates.write(
                "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", to: "broken.pem")
            #expect(reason(broken, key)?.reason == .malformedCertificate)
            let secret = "U0VDUkVUU0VDUkVU"
            let brokenKey = try certificates.write(
                "-----BEGIN PRIVATE KEY-----\n\(secret)\n-----END PRIVATE KEY-----\n", to: "broken.key")
            let error = try #require(reason(pem, brokenKey))
            #expect(error.reason == .malformedPrivateKey)
            #expect(!"\(error)".contains(secret))
            let locked = certificates.path("locked.key")
            let result = try await LocalProgram.run(
                "openssl", ["pkey", "-aes128", "-in", key, "-out", locked, "-passout", "pass:word"])
            #expect(result.status == 0)
            #expect(reason(pem, locked)?.reason == .encryptedPrivateKey)
        }
    }
}
