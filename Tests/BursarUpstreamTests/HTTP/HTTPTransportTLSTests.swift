import BursarHTTP
import BursarModel
import BursarUpstream
import Foundation
import NIOPosix
import NIOSSL
import Testing

private let openSSL = ["/usr/bin/openssl", "/usr/local/bin/openssl"].first { FileManager.default.isExecutableFile(atPath: $0) }

/// Against a TLS server with a certificate made for the run.
@Suite(.enabled(if: openSSL != nil, "the openssl command is not installed"))
struct HTTPTransportTLSTests {
    @Test func `HTTP/2 is spoken where it is offered, on one connection`() async throws {
        try await withServer { server, certificate in
            let request = try request(server)
            let roots = NIOSSLTrustRoots.certificates(try NIOSSLCertificate.fromPEMFile(certificate))
            let transport = HTTPTransport(eventLoopGroup: MultiThreadedEventLoopGroup.singleton, trustRoots: roots)
            for _ in 0..<3 {
                let response = try #require(await transport.fetch(request).response)
                #expect(String(decoding: response.body, as: UTF8.self) == "HTTP/2")
            }
            await transport.shutdown()
        }
    }

    @Test func `a certificate that nobody vouches for is refused`() async throws {
        try await withServer { server, _ in
            let transport = HTTPTransport(eventLoopGroup: MultiThreadedEventLoopGroup.singleton)
            let result = await transport.fetch(try request(server))
            #expect(result.fault == .tls)
            await transport.shutdown()
        }
    }

    private func request(_ server: HTTPServer) throws -> UpstreamRequest {
        let port = try #require(server.addresses.first?.port)
        return try #require(UpstreamRequest(try Fixture().account(baseURL: "https://localhost:\(port)")))
    }

    /// A server that answers with the protocol it was asked in, and the path of its certificate.
    private func withServer(_ body: (HTTPServer, String) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("bursar-upstream-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let certificate = folder.appendingPathComponent("server.pem").path
        let key = folder.appendingPathComponent("server.key").path
        try await makeCertificate(certificate, key: key)

        let identity = try TLSIdentity(TLSSettings(certificateFile: certificate, privateKeyFile: key))
        let server = HTTPServer(
            configuration: ServerConfiguration(
                listeners: [ListenerConfiguration(.tcp(host: "127.0.0.1", port: 0), security: identity)]),
            responder: ClosureResponder { .now(Response(status: 200, text: $0.version.text)) }, http2: HTTP2Protocol(),
            group: MultiThreadedEventLoopGroup.singleton)
        try await server.start()
        do {
            try await body(server, certificate)
            await server.stop()
        } catch {
            await server.stop()
            throw error
        }
    }

    private func makeCertificate(_ certificate: String, key: String) async throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: try #require(openSSL))
        process.arguments = [
            "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj",
            "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-keyout", key, "-out", certificate
        ]
        (process.standardOutput, process.standardError) = (FileHandle.nullDevice, FileHandle.nullDevice)
        let status = try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Int32, any Error>) in
            process.terminationHandler = { continuation.resume(returning: $0.terminationStatus) }
            do {
                try process.run()
            } catch {
                process.terminationHandler = nil
                continuation.resume(throwing: error)
            }
        }
        #expect(status == 0)
    }
}
